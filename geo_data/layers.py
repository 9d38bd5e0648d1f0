"""Layers of shapes: GeoJSON, GeoPackage, Shapefile (zipped too), FlatGeobuf, GeoParquet, OSM XML and PBF.

Whatever comes in, a :class:`Layer` leaves with longitude, latitude in EPSG:4490.
"""

from __future__ import annotations

import re
import tempfile
import warnings
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import shapely
from shapely.errors import ShapelyError

from geo_data.datums import Reference, canonical, parse_reference, settle
from geo_data.reasons import Reason
from geo_data.sprawl import DAMAGE
from gridsup import spatial
from gridsup.errors import Invalid

Progress = Callable[[int, int | None], None]
"""Called with the features read so far and their number, when it is known."""

LAYER_SUFFIXES = (
    ".geojson",
    ".json",
    ".gpkg",
    ".shp",
    ".zip",
    ".fgb",
    ".parquet",
    ".geoparquet",
    ".osm",
    ".pbf",
)
OSM_SUFFIXES = (".osm", ".pbf")
pyogrio.set_gdal_config_options({"OSM_MAX_TMPFILE_SIZE": 20})  # MB of nodes kept in memory, else 100
CHUNK = 20_000
MARGIN = 0.02
"""Degrees around what is asked for, when only a part of a file is read."""
MAX_UNPACKED = 2 * 1024**3
BROKEN = (RuntimeError, ValueError, KeyError, OSError, ShapelyError)
"""What the readers say of a damaged file; pyogrio's and pyproj's errors are RuntimeErrors, Arrow's
ValueErrors."""
_SIDECARS = (".shp", ".shx", ".dbf", ".prj", ".cpg", ".qix", ".sbn", ".sbx")


@dataclass(slots=True)
class Layer:
    """``frame``: the features (EPSG:4490; column ``_feature`` counts from 1 as in the file); ``faults``:
    features left out, by number; ``reference``: what the coordinates were."""

    name: str
    frame: gpd.GeoDataFrame
    reference: Reference
    faults: list[tuple[int, Reason]] = field(default_factory=list)


def read_layer(
    path: str | Path,
    *,
    layer: str | None = None,
    datum: str | int | None = None,
    encoding: str | None = None,
    convert: bool = True,
    near: Any | None = None,
    progress: Progress | None = None,
) -> Layer:
    """Read one layer, brought to EPSG:4490 unless ``convert`` is off.

    ``near`` (a polygon in degrees) leaves unread what is some kilometres away from it.

    ``datum`` states what its coordinates mean (CGCS2000, WGS84, GCJ-02, BD-09, EPSG:n); it is needed when
    the file does not say, and always for GeoJSON without a ``crs`` member.

    Raises Invalid ``layer-unreadable``, ``layer-choose``, ``layer-empty``, ``crs-not-stated``,
    ``crs-contradicts``, ``coordinates-out-of-range``.
    """
    path = Path(path)
    with _unpacked(path) as real:
        if real.suffix.lower() in (".parquet", ".geoparquet"):
            frame, name = _read_parquet(real, near), real.stem
        else:
            name = _choose(real, layer)
            frame = _read_ogr(real, name, encoding, near, progress)
        found = _reference_of(real, frame)
    if not len(frame):
        raise Invalid(
            "layer-empty",
            zh="{name} 中没有任何要素。",
            en="{name} holds no features.",
            name=path.name,
        )
    reference = settle(found, datum, path.name)
    frame.insert(0, "_feature", range(1, len(frame) + 1))
    result = Layer(name, frame, reference)
    _drop_empty(result)
    if not convert:
        return result
    moved = canonical(
        np.asarray(result.frame.geometry.values, dtype=object),
        reference,
        file=path.name,
        numbers=result.frame["_feature"].tolist(),
    )
    frame = pd.DataFrame(result.frame.drop(columns=result.frame.geometry.name))
    result.frame = gpd.GeoDataFrame(frame, geometry=moved, crs=spatial.CANONICAL)
    return result


def layer_names(path: str | Path) -> list[str]:
    """Names of the layers with shapes in a file."""
    with _unpacked(Path(path)) as real:
        return [real.stem] if "parquet" in real.suffix else _names(real)


@contextmanager
def _unpacked(path: Path) -> Iterator[Path]:
    """The file itself, or the one Shapefile, GeoPackage, GeoJSON or FlatGeobuf inside a .zip."""
    if not path.exists():
        raise Invalid(
            "layer-unreadable", zh="找不到文件 {name}。", en="There is no file {name}.", name=path.name
        )
    if path.suffix.lower() != ".zip":
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        yield _unzip(path, Path(folder))


def _unzip(path: Path, folder: Path) -> Path:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [m for m in archive.infolist() if not m.is_dir() and "__MACOSX" not in m.filename]
            if sum(m.file_size for m in members) > MAX_UNPACKED:
                raise Invalid(
                    "layer-unreadable",
                    zh="{name} 解压后超过 2 GB，请拆分。",
                    en="{name} is larger than 2 GB unpacked; split it.",
                    name=path.name,
                )
            for member in members:
                # Only the last part of the name is used, so that no archive writes elsewhere.
                (folder / Path(_zip_name(member)).name).write_bytes(archive.read(member))
    except DAMAGE:
        raise _unreadable(path.name) from None
    mains = [p for p in sorted(folder.iterdir()) if p.suffix.lower() in LAYER_SUFFIXES and p.suffix != ".zip"]
    if len(mains) != 1:
        raise Invalid(
            "layer-choose",
            zh="{name} 内应恰好有一个图层文件，现有 {n} 个：{files}。请分别打包。",
            en="{name} must hold exactly one layer file, it holds {n}: {files}. Pack them apart.",
            name=path.name,
            n=len(mains),
            files="、".join(p.name for p in mains) or "—",
        )
    return mains[0]


def _zip_name(member: zipfile.ZipInfo) -> str:
    """The name as its packer meant it: without the UTF-8 mark it is GBK on a Chinese machine."""
    if member.flag_bits & 0x800:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return member.filename


def _unreadable(name: str) -> Invalid:
    return Invalid(
        "layer-unreadable",
        zh="无法读取 {name}：损坏，或不是 GeoJSON、GPKG、Shapefile（.zip）、FlatGeobuf、GeoParquet、OSM。",
        en="{name} cannot be read: damaged, or none of GeoJSON, GPKG, Shapefile (.zip), FlatGeobuf, "
        "GeoParquet, OSM.",
        name=name,
    )


def _names(path: Path) -> list[str]:
    try:
        return [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
    except BROKEN:
        raise _unreadable(path.name) from None


def _choose(path: Path, layer: str | None) -> str:
    names = _names(path)
    if layer in names:
        return str(layer)
    if layer is None and len(names) == 1:
        return names[0]
    raise Invalid(
        "layer-choose",
        zh="{name} 中有这些图层：{layers}。请指定其中一个。",
        en="{name} holds these layers: {layers}. Name one of them.",
        name=path.name,
        layers="、".join(names) or "—",
    )


def _read_parquet(path: Path, near: Any | None) -> gpd.GeoDataFrame:
    """Some rows at a time, so that what is far from ``near`` never takes memory for long."""
    try:
        parts = []
        for part in _parquet_parts(path):
            mask = None if near is None or part.crs is None else _mask(near, part.crs)
            parts.append(part if mask is None else part[part.intersects(mask)])
        return gpd.GeoDataFrame(pd.concat(parts, ignore_index=True))
    except BROKEN:
        raise _unreadable(path.name) from None


def _parquet_parts(path: Path) -> Iterator[gpd.GeoDataFrame]:
    """First an empty one; a file that only its GeoParquet header explains comes whole."""
    file = pq.ParquetFile(path)
    try:
        yield gpd.GeoDataFrame.from_arrow(file.schema_arrow.empty_table())
    except ValueError:
        yield gpd.read_parquet(path)
        return
    for batch in file.iter_batches(CHUNK):
        yield gpd.GeoDataFrame.from_arrow(pa.Table.from_batches([batch]))


def _read_ogr(
    path: Path, layer: str, encoding: str | None, near: Any | None, progress: Progress | None
) -> gpd.GeoDataFrame:
    options: dict[str, Any] = {
        "layer": layer,
        "encoding": encoding or _dbf_encoding(path),
        "on_invalid": "fix",
    }
    if near is not None:
        options["mask"] = _mask(near, _crs_of(path, layer))
    with warnings.catch_warnings():
        # Rings that OSM leaves open are repaired or reported by number below; GDAL would only print.
        warnings.simplefilter("ignore", RuntimeWarning)
        try:
            whole = near is not None or path.suffix.lower() in OSM_SUFFIXES
            total = None if whole else _count(path, layer)
            if total is None or total <= CHUNK:
                frame = pyogrio.read_dataframe(path, **options)
            else:
                frame = _read_chunks(path, total, options, progress)
        except BROKEN:
            raise _unreadable(path.name) from None
    if not isinstance(frame, gpd.GeoDataFrame):
        raise _unreadable(path.name)
    if progress is not None:
        progress(len(frame), len(frame))
    return frame


def _crs_of(path: Path, layer: str) -> Any:
    try:
        return pyogrio.read_info(path, layer=layer)["crs"]
    except BROKEN:
        return None


def _mask(near: Any, crs: Any) -> Any:
    """``near`` and a margin, in the file's own coordinates: wide enough for the shift of GCJ-02 and BD-09."""
    wide = shapely.simplify(shapely.buffer(near, MARGIN), MARGIN / 4)
    try:
        return spatial.project(wide, 4326, crs) if crs is not None else wide
    except (*BROKEN, Invalid):
        return None


def _read_chunks(path: Path, total: int, options: dict[str, Any], progress: Progress | None) -> Any:
    parts = []
    for start in range(0, total, CHUNK):
        parts.append(pyogrio.read_dataframe(path, skip_features=start, max_features=CHUNK, **options))
        if progress is not None:
            progress(min(start + CHUNK, total), total)
    return pd.concat(parts, ignore_index=True)


def _count(path: Path, layer: str) -> int | None:
    count = int(pyogrio.read_info(path, layer=layer, force_feature_count=True)["features"])
    return count if count >= 0 else None


def _dbf_encoding(path: Path) -> str | None:
    """The encoding of a Shapefile's table when no .cpg tells it: UTF-8 if it reads as that, else GB18030."""
    if path.suffix.lower() != ".shp":
        return None
    sides = {p.suffix.lower(): p for p in path.parent.iterdir() if p.stem == path.stem}
    if ".cpg" in sides:
        said = sides[".cpg"].read_text("ascii", "replace").strip().upper().replace("CP", "").replace("-", "")
        return {"UTF8": "UTF-8", "936": "GB18030", "GBK": "GB18030", "GB2312": "GB18030"}.get(said)
    if ".dbf" not in sides:
        return None
    data = sides[".dbf"].read_bytes()
    try:
        # Values are cut at a fixed number of bytes, so a torn last character is no proof against UTF-8.
        re.sub(rb"[\xc0-\xff][\x80-\xbf]{0,2}(?= |$)", b"", data[32:]).decode("utf-8")
    except UnicodeDecodeError:
        return "GB18030"
    return "UTF-8"


def _reference_of(path: Path, frame: gpd.GeoDataFrame) -> Reference | None:
    """What the file itself says; GeoJSON without ``crs`` says nothing (map services put GCJ-02 there)."""
    if frame.crs is None or (path.suffix.lower() in (".geojson", ".json") and not _says_crs(path)):
        return None
    return parse_reference(frame.crs)


def _says_crs(path: Path) -> bool:
    """Whether GeoJSON has the ``crs`` member of the older standard, before or after its features."""
    with path.open("rb") as stream:
        head = stream.read(8192)
        stream.seek(max(0, path.stat().st_size - 8192))
        return bool(re.search(rb'"crs"\s*:\s*\{', head + b" " + stream.read()))


def _drop_empty(layer: Layer) -> None:
    """Take out features without a shape, each with its reason."""
    shapes = layer.frame.geometry
    empty = (shapes.isna() | shapes.is_empty).to_numpy()
    layer.faults += [(int(n), NO_SHAPE) for n in layer.frame["_feature"][empty]]
    layer.frame = layer.frame[~empty]


NO_SHAPE = Reason("feature-empty", "要素没有图形，未导入。", "The feature has no shape and was left out.")
