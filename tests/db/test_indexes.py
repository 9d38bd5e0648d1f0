"""The planner uses the spatial and text indexes under the application's role.

Row-level security hides an index from every predicate that is not LEAKPROOF: right, but 490 times slower.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from shapely import box
from sqlalchemy import text

from gridsup.cells import tiles as ground
from gridsup.cells.locate import today
from gridsup.cells.tiles import Tile
from gridsup.db import transaction
from gridsup.gis.crs import CRS84, offered
from gridsup.gis.layers import LAYERS
from gridsup.gis.queries import Asked, page
from gridsup.registry import bulk, tiles
from gridsup.registry.drafts import BusinessDraft, PlaceDraft
from gridsup.spatial import project
from tests.conftest import cloned
from tests.factories import SIDE, SOUTH, WEST, bureau

J = 420103
HERE = {"j": J, "west": WEST, "south": SOUTH}
MANY_MATTERS = text(
    """
    INSERT INTO matters (jurisdiction_id, pack, pack_version, pack_hash, state, title, geom, root_id, awaited,
                         facts, milestones, intervals, opened_at, version, head_hash, lane)
    SELECT :j, v.pack, v.version, v.hash, 'x', 'x', ST_SetSRID(ST_MakePoint(:west + n * 1e-4, :south), 4490),
           n, false, '{}', '{}', '{}', now(), 1, 'x', 'new'
    FROM generate_series(1, 2000) n,
         (SELECT * FROM pack_versions WHERE jurisdiction_id = :j ORDER BY id LIMIT 1) v
    """
)
MANY_ROADS = text(
    """
    INSERT INTO roads (jurisdiction_id, kind, source, geom)
    SELECT :j, 'primary', 'x', ST_SetSRID(ST_MakeLine(ST_MakePoint(:west + n * 1e-4, :south),
           ST_MakePoint(:west + n * 1e-4 + 1e-5, :south)), 4490)
    FROM generate_series(1, 2000) n
    """
)
MANY_CELLS = text(
    """
    INSERT INTO cells (jurisdiction_id, code, grid, name, station_id, geom, area_m2, valid)
    SELECT :j, 'x' || n, 'x', 'x', s.id,
           ST_SetSRID(ST_Expand(ST_MakePoint(:west + n * 1e-3, 20), 4e-4), 4490), 1,
           '[2020-01-01,)'
    FROM generate_series(1, 2000) n, (SELECT id FROM organisations WHERE kind = 'station' LIMIT 1) s
    """
)


def _crowd(clone: Any) -> None:
    """The square world with enough in it that an index is worth using, analysed."""
    with transaction(clone.engine, J) as session:
        bureau(session)
        drafts = [
            BusinessDraft(
                name=f"店{n}",
                place=PlaceDraft(
                    address=f"店{n}路1号", point=(WEST + n % 199 / 99 * SIDE, SOUTH + n % 97 / 49 * SIDE)
                ),
                source="test",
            )
            for n in range(4000)
        ]
        bulk.add_many(session, J, drafts, officer_id=None)
        for many in (MANY_MATTERS, MANY_ROADS, MANY_CELLS):
            session.execute(many, HERE)
    with clone.owner.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))  # empties the trigram index's list of pending entries


NAMED = "SELECT id FROM businesses WHERE jurisdiction_id = :j AND search LIKE '%店1234%'"
ADDRESSED = "SELECT id FROM premises WHERE jurisdiction_id = :j AND address_key % '店12路1号'"
LOCATED = (
    "SELECT id FROM cells WHERE jurisdiction_id = :j"
    " AND ST_DWithin(geom, ST_SetSRID(ST_MakePoint(:west, :south), 4490), 2e-6)"
)


INDEXED = {
    tiles.POINTS.text: "gx_premises_point",
    tiles.COUNTS.text: "gx_premises_point",
    tiles.MATTERS.text: "ix_matters_geom",
    ground.CELLS.text: "gx_cells_geom",
    ground.ROADS.text: "gx_roads_geom",
    NAMED: "gin_businesses_search",
    ADDRESSED: "gin_premises_address_key",
    LOCATED: "gx_cells_geom",
}


@pytest.fixture(scope="module")
def clone(cluster: Any, template: str) -> Iterator[Any]:
    """A crowded database, only read."""
    with cloned(cluster, template) as made:
        _crowd(made)
        yield made


def test_spatial_and_text_indexes_serve_the_applications_role(clone: Any) -> None:
    tile = Tile(18, int((WEST + SIDE / 2 + 180) / 360 * 2**18), 107_000).params(J)
    params = {**tile, **HERE, "day": today(), "step": 1, "rise": 1, "grain": 0.1, "kinds": ["primary"]}
    unused: list[str] = []
    with transaction(clone.engine, J) as session:
        assert session.scalar(text("SELECT current_user")) == "gridsup_app"
        for statement, index in INDEXED.items():
            plan = "\n".join(session.scalars(text("EXPLAIN " + statement), params))
            if index not in plan:
                unused.append(f"{index}:\n{plan}")
    assert not unused, "\n\n".join(unused)


def test_a_box_of_the_ogc_service_is_answered_by_the_spatial_index(clone: Any) -> None:
    crs = offered(4547)[CRS84]
    zone = offered(4547)["http://www.opengis.net/def/crs/EPSG/0/4547"]
    small = box(WEST, SOUTH, WEST + SIDE / 50, SOUTH + SIDE / 50)
    here = crs.box(small.bounds)
    there = zone.box(_northing_first(small, 4547))
    indexes = {"cells": "gx_cells_geom", "businesses": "gx_premises_point", "matters": "ix_matters_geom"}
    with transaction(clone.engine, J) as session:
        for name, index in indexes.items():
            for place in (here, there):
                asked = Asked(jurisdiction_id=J, layer=LAYERS[name], box=place)
                query = page(asked, crs, after=None, offset=0, limit=100)
                plan = _plan(session, query)
                assert index in plan, f"{name}:\n{plan}"


def _northing_first(area: Any, srid: int) -> list[float]:
    west, south, east, north = project(area, 4490, srid).bounds
    return [south, west, north, east]


def _plan(session: Any, query: Any) -> str:
    connection = session.connection()
    compiled = query.compile(connection.engine, compile_kwargs={"render_postcompile": True})
    return "\n".join(
        row[0] for row in connection.exec_driver_sql("EXPLAIN " + str(compiled), compiled.params)
    )
