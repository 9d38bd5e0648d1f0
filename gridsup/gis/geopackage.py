"""All layers as one GeoPackage with QGIS styles inside (矢量数据包): opened in QGIS it is drawn at once.

Rows stream from the database through Arrow into the file, some thousand at a time; coordinates are
CGCS2000 (EPSG:4490), x before y as the format wants it whatever the authority says.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from importlib.resources import files
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyogrio
from sqlalchemy.orm import Session

from gridsup.gis import queries
from gridsup.gis.layers import Kind, Layer
from gridsup.spatial import CANONICAL

MIME = "application/geopackage+sqlite3"
BATCH = 5000
GEOMETRY = "geom"
_TYPES: Mapping[Kind, pa.DataType] = {
    "integer": pa.int64(),
    "number": pa.float64(),
    "text": pa.string(),
    "boolean": pa.bool_(),
    "day": pa.date32(),
    "instant": pa.timestamp("ms", tz="UTC"),
}
_STYLES = """
CREATE TABLE layer_styles (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256),
    f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
    useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
    update_time DATETIME DEFAULT CURRENT_TIMESTAMP)
"""
"""As QGIS makes and reads it; no other name works."""


def write(session: Session, path: Path, wanted: Iterable[queries.Asked]) -> dict[str, int]:
    """Write the layers to a new file; how many features each has. Cells come first, below the points."""
    counts: dict[str, int] = {}
    for asked in wanted:
        layer = asked.layer
        counts[layer.name] = 0
        pyogrio.write_arrow(
            pa.RecordBatchReader.from_batches(_schema(layer), _batches(session, asked, counts)),
            path,
            layer=layer.name,
            driver="GPKG",
            geometry_name=GEOMETRY,
            geometry_type=layer.geometry_type,
            crs=f"EPSG:{CANONICAL}",
            append=path.exists(),
            dataset_options={"VERSION": "1.2"},  # what QGIS of some years ago reads without a warning
            layer_options={"IDENTIFIER": layer.zh, "DESCRIPTION": layer.about_zh},
        )
    _style(path, counts)
    return counts


def style_of(name: str) -> str:
    """The QML of a layer."""
    return files("gridsup.gis").joinpath("styles", f"{name}.qml").read_text(encoding="utf-8")


def _schema(layer: Layer) -> pa.Schema:
    columns = [pa.field(one.name, _TYPES[one.kind]) for one in layer.fields]
    shape = pa.field(GEOMETRY, pa.binary(), metadata={"ARROW:extension:name": "geoarrow.wkb"})
    return pa.schema([*columns, shape])


def _batches(session: Session, asked: queries.Asked, counts: dict[str, int]) -> Iterator[pa.RecordBatch]:
    schema, layer = _schema(asked.layer), asked.layer
    found = session.execute(queries.everything(asked), execution_options={"yield_per": BATCH})
    for rows in found.mappings().partitions():
        counts[layer.name] += len(rows)
        columns: list[pa.Array] = [
            pa.array([row[one.name] for row in rows], type=_TYPES[one.kind]) for one in layer.fields
        ]
        columns.append(pa.array([_bytes(row[queries.SHAPE]) for row in rows], type=pa.binary()))
        yield pa.RecordBatch.from_arrays(columns, schema=schema)


def _bytes(shape: Any) -> bytes | None:
    return None if shape is None else bytes(shape)


def _style(path: Path, names: Iterable[str]) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(_STYLES)
        connection.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier) "
            "VALUES ('layer_styles', 'attributes', 'layer_styles')"
        )
        connection.executemany(
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, "
            "styleName, styleQML, styleSLD, useAsDefault, description, owner) "
            "VALUES ('', '', ?, ?, 'gridsup', ?, '', 1, 'gridsup', '')",
            [(name, GEOMETRY, style_of(name)) for name in names],
        )
