"""A small town to practise in, as of a day: one station, four cells, and the matters that a task needs.

The same machinery as the demo cities, on ground cut out of one (``prepare.py``); all of it is 演示数据.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geo_data.demo import households
from geo_data.demo.courses import COURSES, Course, fits
from geo_data.demo.history import History
from geo_data.demo.patterns import Pattern
from geo_data.demo.shapes import (
    Business,
    Cell,
    City,
    Community,
    Officer,
    Premises,
    Station,
    Street,
    Unlicensed,
)
from geo_data.demo.staff import SECTIONS, Staff
from geo_data.practice.prepare import FILE

LIAISON_OF = "D06"
"""The department (卫生) whose referrals a liaison practises with: the allocation table often leads to it."""
OPERATORS = 20
"""How often each door is offered an unlicensed operator, until one fits the course that is wanted."""

Wanted = tuple[str, str]
"""The state that a course leads to, and its last act: which of :data:`COURSES`."""
CAPTURED, CLASSIFIED = ("captured", "capture"), ("classified", "classify")
URGED, ORDERED = ("guide_issued", "guide"), ("order_issued", "order_change")
SENT, RECEIVED = ("referred", "send"), ("referred", "receive")
TO_ACCEPT, TO_RECHECK = ("fed_back", "feed_back"), ("guiding", "receive_guide")
CLOSED = ("closed", "accept_licensed")
MATTERS: dict[str, tuple[Wanted, ...]] = {
    "dispatcher": (CAPTURED, CAPTURED, CLASSIFIED, CLASSIFIED, CLASSIFIED, TO_ACCEPT, TO_ACCEPT, URGED),
    "inspector": (TO_RECHECK, TO_RECHECK, ("discovered", "discover"), CAPTURED),
    "station_head": (URGED, URGED, ORDERED, ORDERED, CAPTURED, ("case_filed", "file_case")),
    "liaison": (SENT, SENT, SENT, RECEIVED),
    "manager": (CAPTURED, CLASSIFIED, URGED, TO_RECHECK, SENT, TO_ACCEPT, CLOSED, CLOSED, CLOSED),
}
"""Task → the matters that stand in its town at the start."""
DAYS_OF_VISITS = {"manager": 62}
"""Task → days of patrols before today; ten for those that do not count them."""


def town(number: int, task: str, name: str, today: date, *, seed: int) -> tuple[City, str]:
    """The town of jurisdiction ``number`` for a task, and the key of who does it, called ``name``."""
    ground = json.loads(FILE.read_text(encoding="utf-8"))
    staff_rng, rng = np.random.default_rng(seed).spawn(2)
    station = str(ground["station"])
    keys = [str(one["key"]) for one in ground["cells"]]
    staff = Staff([station], {station: keys}, staff_rng)
    cells = [
        Cell(
            one["key"],
            station,
            one["key"][-3:],
            one["name"],
            one["street"],
            staff.inspector_of[one["key"]],
            1.0,
            _shape(one["area"]),
        )
        for one in ground["cells"]
    ]
    me = _seat(staff, task, station)
    doors = [Premises(**one) for one in ground["doors"]]
    history = History(today, rng, staff, {c.key: c for c in cells})
    mine = {c.key for c in cells if c.inspector == me} or set(keys)
    found = _found(history, task, [d for d in doors if d.cell in mine], today)
    taken = {business.premises for business, _ in found}
    free = [d for d in doors if d.key not in taken]
    registered = households.licensed(free, ["street"] * len(free), today, rng)
    places = {d.key: d for d in doors}
    matters = [matter for _, matter in found]
    since = today - timedelta(days=DAYS_OF_VISITS.get(task, 10))
    return City(
        adcode=str(number),
        name="练习辖区（练习数据）",
        name_en="Practice district (practice data)",
        metric_srid=ground["metric_srid"],
        today=today,
        boundary=_shape(ground["area"]),
        roads=gpd.GeoDataFrame(),
        basemap=gpd.GeoDataFrame(
            {"highway": [one["highway"] for one in ground["roads"]]},
            geometry=[_shape(one["line"]) for one in ground["roads"]],
            crs=4490,
        ),
        sections=list(SECTIONS),
        stations=[Station(station, ground["station_name"], _shape(ground["area"]))],
        streets=[Street(o["code"], o["name"], station, _shape(o["area"])) for o in ground["streets"]],
        communities=[Community(**{**o, "cells": tuple(o["cells"])}) for o in ground["communities"]],
        cells=cells,
        officers=_needed(staff.officers, matters, me, name),
        premises=list(places.values()),
        businesses=registered + [business for business, _ in found],
        visits=[v for v in history.visits(registered, places, matters) if v.at.date() >= since],
        unlicensed=matters,
    ), me


def _found(
    history: History, task: str, doors: Sequence[Premises], today: date
) -> list[tuple[Business, Unlicensed]]:
    """An operator for each matter that the task wants, each behind a door of its own."""
    offered = households.unlicensed(list(doors) * OPERATORS, 5_000, today, history.rng)
    lead = LIAISON_OF if task == "liaison" else None
    places = {d.key: d for d in doors}
    found: list[tuple[Business, Unlicensed]] = []
    used: set[str] = set()
    for wanted in MATTERS[task]:
        course = _course(wanted)
        business, pattern = next(
            one for one in offered if one[0].premises not in used and _suits(course, one[1], lead, task)
        )
        used.add(business.premises)
        found.append((business, history.matter(course, business, pattern, places[business.premises])))
    return found


def _suits(course: Course, pattern: Pattern, lead: str | None, task: str) -> bool:
    """A dispatcher who is to refer needs operators that belong to another department."""
    if lead is not None and pattern.lead != lead:
        return False
    outside = replace(course, legs=(*course.legs, *_course(SENT).legs[-2:]))
    return fits(outside if task == "dispatcher" and course.state == "classified" else course, pattern)


def _course(wanted: Wanted) -> Course:
    return next(c for c in COURSES if (c.state, c.legs[-1].action) == wanted and not c.legs[-1].sign)


def _seat(staff: Staff, task: str, station: str) -> str:
    bodies = {"dispatcher": "registration", "manager": "bureau", "liaison": LIAISON_OF}
    return staff.post_of[bodies.get(task, station), task][0]


def _needed(officers: Sequence[Officer], matters: Sequence[Unlicensed], me: str, name: str) -> list[Officer]:
    """The bureau's own people and the liaisons who have work here; one of them bears ``name``."""
    acting = {act.officer for matter in matters for act in matter.acts} | {me}
    leads = {matter.lead for matter in matters} | {LIAISON_OF}
    kept = [o for o in officers if not o.body.startswith("D") or o.key in acting or o.body in leads]
    return [replace(o, name=name) if o.key == me else o for o in kept]


def _shape(plain: dict[str, Any]) -> Any:
    return shapely.from_geojson(json.dumps(plain))
