"""The demo city Jianghan (江汉区, 420103) as of a day: ``jianghan(today)``. All of it is 演示数据.

Boundary, roads, street and community names are real; everything that lives there is generated, and the
same ``today`` and ``seed`` always give the same city.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import numpy as np

from geo_data.demo import households
from geo_data.demo.ground import METRIC, STATIONS, Ground, Streets, lay_out
from geo_data.demo.history import History
from geo_data.demo.places import Addresses, Spot, halls, spots
from geo_data.demo.shapes import City, Premises, Street
from geo_data.demo.staff import SECTIONS, Staff, as_stations, plan_cells

ADCODE = "420103"
BUSINESSES, UNPLACED, UNLICENSED = 20_000, 2_000, 400


def jianghan(today: date, *, seed: int = 420103) -> City:
    """Generate the whole city in some ten seconds: 20,000 businesses, 2,000 of them without coordinates,
    400 unlicensed operators among the 20,000, and three months of patrols before ``today``."""
    rngs: Iterator[np.random.Generator] = iter(np.random.default_rng(seed).spawn(6))
    streets = Streets()
    places = spots(streets, next(rngs), BUSINESSES)
    ground = lay_out(streets, np.array([(s.x, s.y) for s in places]), halls(places))
    codes = {name: f"{ADCODE}{i + 1:02d}" for i, name in enumerate(STATIONS)}
    stored = ground.stored()
    plan, cells_of = plan_cells(stored.cells, codes, ground.street_names)
    staff = Staff(list(codes.values()), cells_of, next(rngs))
    cells = [replace(c, inspector=staff.inspector_of[c.key]) for c in plan]

    addresses = Addresses(ground, cells, seed)
    premises = addresses.premises(places)
    order = next(rngs).permutation(len(places))
    # unlicensed operators stand in the street; the firms of an office building are registered
    in_street = [int(i) for i in order if places[i].where == "street"]
    without = set(in_street[:UNLICENSED])
    others = [i for i in range(len(places)) if i not in without]
    unplaced = set(next(rngs).choice(others, size=UNPLACED, replace=False).tolist())
    premises = _unplace(premises, places, unplaced)
    make = next(rngs)
    registered = households.licensed(
        [premises[i] for i in others], [places[i].where for i in others], today, make
    )
    found = households.unlicensed([premises[i] for i in sorted(without)], len(others) + 1, today, make)

    by_key = {p.key: p for p in premises}
    history = History(today, next(rngs), staff, {c.key: c for c in cells})
    matters = history.matters(found, by_key)
    businesses = registered + [b for b, _ in found]
    return City(
        adcode=ADCODE,
        name="武汉市江汉区（演示数据）",
        name_en="Jianghan District, Wuhan (demo data)",
        metric_srid=METRIC,
        today=today,
        boundary=stored.boundary,
        roads=stored.roads,
        basemap=stored.basemap,
        sections=list(SECTIONS),
        stations=as_stations(stored.stations, codes),
        streets=_streets(stored, codes),
        communities=addresses.communities(),
        cells=cells,
        officers=staff.officers,
        accounts=staff.accounts,
        premises=list(by_key.values()),
        businesses=businesses,
        visits=history.visits(businesses, by_key, matters),
        unlicensed=matters,
        scenes=True,
        abbreviation="江汉",
    )


def _unplace(premises: list[Premises], places: list[Spot], unplaced: set[int]) -> list[Premises]:
    """Take the coordinates from the premises of exactly these businesses; a shared room is split for it."""
    return [
        replace(p, key=f"U{i + 1:05d}", lon=None, lat=None, cell=None) if i in unplaced else p
        for i, p in enumerate(premises)
    ]


def _streets(ground: Ground, codes: dict[str, str]) -> list[Street]:
    return [
        Street(str(row.Index), ground.street_names[row.Index], codes[row.station], row.geometry)
        for row in ground.streets.sort_index().itertuples()
    ]
