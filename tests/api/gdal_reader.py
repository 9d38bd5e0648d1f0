"""GDAL reads an OGC service, in a process of its own (pyogrio keeps the interpreter's lock while it waits,
so a server in the same process could never answer). ``python gdal_reader.py ADDRESS TOKEN`` prints JSON.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import pyogrio

SRIDS = (4490, 4326, 3857, 4547)


def read(address: str, token: str) -> dict[str, Any]:
    pyogrio.set_gdal_config_options({"GDAL_HTTP_AUTH": "BEARER", "GDAL_HTTP_BEARER": token})
    source = f"OAPIF:{address}/ogc"
    found: dict[str, Any] = {"layers": {}, "places": {}}
    for name in sorted(pyogrio.list_layers(source)[:, 0]):
        frame = pyogrio.read_dataframe(source, layer=name)
        found["layers"][name] = {
            "ids": [int(one) for one in frame["id"]],
            "columns": [str(one) for one in frame.columns],
            "types": {str(one): str(kind) for one, kind in frame.dtypes.items()},
            "crs": frame.crs.to_string(),
        }
    for srid in SRIDS:
        frame = pyogrio.read_dataframe(
            source, layer="businesses", where="name = '和平饭店'", CRS=f"EPSG:{srid}"
        )
        [point] = frame.to_crs("OGC:CRS84").geometry
        found["places"][str(srid)] = [frame.crs.to_string(), point.x, point.y]
    found["paged"] = list(pyogrio.read_dataframe(source, layer="cells", PAGE_SIZE="1")["code"])
    box = (114.261, 30.601, 114.262, 30.602)
    found["boxed"] = list(pyogrio.read_dataframe(source, layer="cells", bbox=box)["code"])
    where = "risk >= 4 AND name LIKE '和%'"
    found["filtered"] = list(pyogrio.read_dataframe(source, layer="businesses", where=where)["name"])
    return found


if __name__ == "__main__":
    print(json.dumps(read(sys.argv[1], sys.argv[2])))
