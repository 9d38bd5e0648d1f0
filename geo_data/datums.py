"""What the coordinates of a file mean: a datum in degrees, or a projected CRS; stated, never guessed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from gridsup import spatial
from gridsup.errors import Invalid
from gridsup.spatial import Datum

OLD_DATUMS = ("Beijing 1954", "New Beijing", "Xian 1980")
"""Datums about 100 m away from CGCS2000 whose parameters are not public: PROJ would silently shift by 0."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Either ``datum`` (degrees, lon lat) or ``crs`` (projected, x y); ``name`` goes on record."""

    name: str
    datum: Datum | None = None
    crs: CRS | None = None

    @property
    def geographic(self) -> bool:
        return self.crs is None

    def to_canonical(self, points: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """An (n, 2) array of x, y brought to EPSG:4490 degrees (lon, lat)."""
        array = np.asarray(points, dtype=np.float64)
        if self.crs is None:
            return np.asarray(spatial.to_canonical(array, self.datum or Datum.CGCS2000), dtype=np.float64)
        change = spatial.transformer(self.crs, spatial.CANONICAL)
        return np.column_stack(change.transform(array[:, 0], array[:, 1])).astype(np.float64)


FEATURE, ROW = ("个要素", "feature"), ("行", "row")
"""What a number in a file counts, in both languages."""


def canonical(
    shapes: npt.NDArray[np.object_],
    reference: Reference,
    *,
    file: str,
    numbers: Sequence[int],
    what: tuple[str, str] = FEATURE,
) -> npt.NDArray[np.object_]:
    """The shapes of a file brought to EPSG:4490; ``numbers`` are those of their features or rows.

    Raises Invalid ``coordinates-out-of-range`` naming the file, the first such number and its coordinates.
    """
    try:
        return np.asarray(shapely.transform(shapes, reference.to_canonical), dtype=object)
    except Invalid as error:
        if error.code != "coordinates-out-of-range":
            raise
        points, owner = shapely.get_coordinates(shapes, return_index=True)
        first = int(np.flatnonzero(~(np.abs(points) <= (180, 90)).all(axis=1))[0])
        raise Invalid(
            error.code,
            zh="{file} 第 {n} {counted}的坐标（{x:.10g}，{y:.10g}）不是经纬度：应为（经度，纬度），"
            "经度在±180、纬度在±90以内。请检查两列是否颠倒，或指定其投影坐标系（EPSG 编号）。",
            en="{file}, {counted_en} {n}: ({x:.10g}, {y:.10g}) is no longitude and latitude within ±180 and "
            "±90. Check whether the two are swapped, or name the projected system (EPSG number).",
            file=file,
            n=int(numbers[owner[first]]),
            counted=what[0],
            counted_en=what[1],
            x=float(points[first, 0]),
            y=float(points[first, 1]),
        ) from None


def parse_reference(text: str | int | CRS | Datum) -> Reference:
    """Read ``GCJ-02``, ``CGCS2000``, ``EPSG:4549``, ``4549`` or a PROJ string.

    Raises Invalid ``datum-unknown``, ``crs-unknown`` or ``crs-old-datum`` (Beijing 1954, Xi'an 1980).
    """
    if isinstance(text, Datum):
        return Reference(text.value, datum=text)
    if isinstance(text, str) and not re.search(r"\d{4,}|\+proj|\[", re.sub(r"(?i)cgcs\s*2000", "", text)):
        datum = Datum.parse(text.strip())
        return Reference(datum.value, datum=datum)
    if isinstance(text, str) and text.strip().isdigit():
        text = int(text)
    try:
        crs = CRS.from_user_input(text.strip() if isinstance(text, str) else text)
    except CRSError:
        raise Invalid(
            "crs-unknown",
            zh="不认识的坐标系“{crs}”。请写 CGCS2000、WGS84、GCJ-02、BD-09，或 EPSG 编号（如 EPSG:4549）。",
            en="Unknown reference system “{crs}”. Write CGCS2000, WGS84, GCJ-02, BD-09 or an EPSG number "
            "(such as EPSG:4549).",
            crs=str(text)[:80],
        ) from None
    return _of_crs(crs)


def _of_crs(crs: CRS) -> Reference:
    base = crs.geodetic_crs
    datum_name = base.datum.name if base is not None and base.datum is not None else ""
    if any(old in datum_name for old in OLD_DATUMS):
        raise Invalid(
            "crs-old-datum",
            zh="“{crs}”是旧坐标系，与 CGCS2000 相差约百米，转换参数不公开。"
            "请由测绘部门转换为 CGCS2000 后再导入。",
            en="“{crs}” is an old datum about 100 m away from CGCS2000, and its parameters are not public. "
            "Have the survey office convert it to CGCS2000, then import.",
            crs=crs.name,
        )
    if crs.is_projected:
        epsg = crs.to_epsg()
        return Reference(f"EPSG:{epsg}" if epsg else crs.to_string()[:200], crs=crs)
    datum = Datum.CGCS2000 if "China" in datum_name else Datum.WGS84
    return Reference(datum.value, datum=datum)


def settle(found: Reference | None, stated: str | int | None, name: str) -> Reference:
    """The reference of a file that says ``found`` itself (or nothing) and of which a person says ``stated``.

    GCJ-02 and BD-09 have no CRS of their own: files of them are labelled WGS 84 or CGCS2000, so the
    person's word goes before the label. A stated CRS that contradicts a projected one is refused.
    Raises Invalid ``crs-not-stated`` or ``crs-contradicts``.
    """
    if stated is None:
        if found is None:
            raise Invalid(
                "crs-not-stated",
                zh="{name} 没有写明坐标系。请指定 CGCS2000、WGS84、GCJ-02（高德、腾讯）、BD-09（百度）"
                "或 EPSG 编号。",
                en="{name} states no reference system. Name CGCS2000, WGS84, GCJ-02 (AMap, Tencent), "
                "BD-09 (Baidu) or an EPSG number.",
                name=name,
            )
        return found
    said = parse_reference(stated)
    if found is None or said == found or (said.geographic and found.geographic):
        return said
    raise Invalid(
        "crs-contradicts",
        zh="{name} 自带的坐标系是 {found}，与指定的 {said} 不一致。请核对后去掉或改正指定的坐标系。",
        en="{name} itself says {found}, which contradicts the stated {said}. Check, then drop or mend the "
        "stated one.",
        name=name,
        found=found.name,
        said=said.name,
    )
