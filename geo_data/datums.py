"""What the coordinates of a file mean: a datum in degrees, or a projected CRS; stated, never guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
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
