"""OpenStreetMap: its tags, what in it is a business, and what trade that is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from geo_data.layers import Progress, read_layer
from geo_data.mapping import ColumnMapping
from geo_data.tables import RawRow, RawTable

_PAIR = re.compile(r'"((?:[^"\\]|\\.)*)"=>(?:"((?:[^"\\]|\\.)*)"|NULL)')

TRADES: dict[str, tuple[str, str | None]] = {
    "amenity=restaurant": ("餐饮", "H6210"),
    "amenity=fast_food": ("餐饮", "H6220"),
    "amenity=food_court": ("餐饮", "H6299"),
    "amenity=cafe": ("餐饮", "H6232"),
    "amenity=bar": ("餐饮", "H6233"),
    "amenity=pub": ("餐饮", "H6233"),
    "amenity=biergarten": ("餐饮", "H6233"),
    "amenity=ice_cream": ("餐饮", "H6239"),
    "amenity=nightclub": ("娱乐场所", "R9011"),
    "amenity=karaoke_box": ("娱乐场所", "R9011"),
    "amenity=casino": ("娱乐场所", None),
    "amenity=internet_cafe": ("互联网上网服务营业场所", "R9013"),
    "amenity=cinema": ("营业性演出", None),
    "amenity=pharmacy": ("药品", "F5251"),
    "amenity=bank": ("金融", "J6621"),
    "amenity=bureau_de_change": ("金融", None),
    "amenity=marketplace": ("商业", None),
    "amenity=fuel": ("成品油", "F5265"),
    "amenity=car_wash": ("机动车服务", None),
    "amenity=car_rental": ("机动车服务", None),
    "amenity=driving_school": ("职业技能培训", "P8391"),
    "tourism=hotel": ("旅馆", "H6110"),
    "tourism=hostel": ("旅馆", "H6129"),
    "tourism=guest_house": ("旅馆", "H6129"),
    "tourism=motel": ("旅馆", "H6129"),
    "shop=supermarket": ("商业", "F5212"),
    "shop=convenience": ("商业", "F5213"),
    "shop=kiosk": ("商业", "F5219"),
    "shop=department_store": ("商业", "F5211"),
    "shop=mall": ("商业", "F5211"),
    "shop=bakery": ("食品", "F5222"),
    "shop=greengrocer": ("食品", "F5223"),
    "shop=butcher": ("食品", "F5224"),
    "shop=seafood": ("食品", "F5224"),
    "shop=alcohol": ("食品", "F5226"),
    "shop=tea": ("食品", "F5226"),
    "shop=beverages": ("食品", "F5226"),
    "shop=confectionery": ("食品", "F5229"),
    "shop=tobacco": ("烟草", "F5227"),
    "shop=e-cigarette": ("烟草", "F5227"),
    "shop=clothes": ("商业", "F5232"),
    "shop=shoes": ("商业", "F5233"),
    "shop=cosmetics": ("化妆品", "F5234"),
    "shop=chemist": ("化妆品", "F5234"),
    "shop=optician": ("商业", "F5236"),
    "shop=jewelry": ("商业", "F5245"),
    "shop=books": ("图书", "F5243"),
    "shop=mobile_phone": ("商业", "F5274"),
    "shop=electronics": ("商业", "F5279"),
    "shop=furniture": ("商业", "F5283"),
    "shop=hardware": ("商业", "F5281"),
    "shop=hairdresser": ("美容美发", "O8040"),
    "shop=beauty": ("美容美发", "O8040"),
    "shop=massage": ("保健按摩", "O8053"),
    "shop=laundry": ("商业", "O8030"),
    "shop=dry_cleaning": ("商业", "O8030"),
}
"""Tag → (trade as the department table calls it, GB/T 4754-2017 class where one fits)."""

KEYS = ("shop", "craft", "office")
_CLOSED = ("no", "vacant", "disused")

BUSINESS_MAPPING = ColumnMapping(
    {
        "osm_id": "external_id",
        "name": "name",
        "trade": "trade",
        "industry": "industry",
        "address": "address",
        "phone": "phone",
        "lon": "x",
        "lat": "y",
        "tags": "note",
    },
    {"kind": "企业", "licence_status": "有效"},
)
"""The mapping of :func:`read_businesses`. OSM knows no licences: it calls nobody unlicensed."""


def parse_tags(text: object) -> dict[str, str]:
    """GDAL's ``other_tags`` (an hstore text) as a dictionary."""
    if not isinstance(text, str):
        return {}
    return {_unescape(k): _unescape(v) for k, v in _PAIR.findall(text)}


def _unescape(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def tags_of(feature: Mapping[str, Any]) -> dict[str, str]:
    """All tags of one feature as read by GDAL: the columns it made and the rest in ``other_tags``."""
    tags = parse_tags(feature.get("other_tags"))
    skip = {"osm_id", "osm_way_id", "other_tags", "geometry", "_feature", "z_order"}
    tags.update({k: v for k, v in feature.items() if k not in skip and isinstance(v, str) and v})
    return tags


def business_tag(tags: Mapping[str, str]) -> str | None:
    """``shop=clothes`` and the like when the tags describe a business, else None.

    Any shop, craft or office; of amenities and tourism those in :data:`TRADES` (a list in one value, such
    as ``nightclub;restaurant``, counts by its first known member).
    """
    for key in KEYS:
        if tags.get(key) and tags[key] not in _CLOSED:
            return f"{key}={tags[key].split(';')[0].strip()}"
    for key in ("amenity", "tourism"):
        for value in tags.get(key, "").split(";"):
            if f"{key}={value.strip()}" in TRADES:
                return f"{key}={value.strip()}"
    return None


def read_businesses(path: str | Path, *, progress: Progress | None = None) -> RawTable:
    """The businesses of an .osm or .osm.pbf file as a table for :data:`BUSINESS_MAPPING`, datum WGS84.

    Nodes and closed ways count, the latter by a point inside; relations (a mall over its shops) do not.
    An unnamed shop is called by its brand, else 无字号 with its tag.
    """
    rows: list[RawRow] = []
    for layer in ("points", "multipolygons"):
        frame = read_layer(path, layer=layer, progress=progress).frame
        for feature, shape in features(frame):
            way = feature.get("osm_way_id") if layer == "multipolygons" else None
            if layer == "multipolygons" and not isinstance(way, str):
                continue
            tags = tags_of(feature)
            if tag := business_tag(tags):
                point = shape if shape.geom_type == "Point" else shape.representative_point()
                ident = f"way/{way}" if way else f"node/{feature['osm_id']}"
                rows.append(RawRow(None, len(rows) + 1, _values(ident, tag, tags, point)))
    return RawTable(list(BUSINESS_MAPPING.columns), rows)


def features(frame: gpd.GeoDataFrame) -> Iterator[tuple[dict[str, Any], Any]]:
    data = pd.DataFrame(frame.drop(columns="geometry")).to_dict("records")
    yield from zip(data, frame.geometry, strict=True)


def _values(ident: str, tag: str, tags: Mapping[str, str], point: Any) -> dict[str, Any]:
    trade, industry = TRADES.get(tag, ("办公" if tag.startswith("office=") else "商业", None))
    named = tags.get("name") or tags.get("brand") or tags.get("operator")
    return {
        "osm_id": ident,
        "name": named or f"无字号（{tag}）",
        "trade": trade,
        "industry": industry,
        "address": _address(tags),
        "phone": tags.get("phone") or tags.get("contact:phone"),
        "lon": float(point.x),
        "lat": float(point.y),
        "tags": tag,
    }


def _address(tags: Mapping[str, str]) -> str | None:
    if full := tags.get("addr:full"):
        return full
    street, number = tags.get("addr:street"), tags.get("addr:housenumber")
    if not street:
        return None
    chinese = any("\u4e00" <= c <= "\u9fff" for c in street)
    return f"{street}{number or ''}" if chinese else f"{street} {number}" if number else street
