"""Two people confirm at the same moment: every business lands once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo_data import confirming, staging
from gridsup.db import set_jurisdiction, transaction
from gridsup.errors import Conflict
from gridsup.registry.model import Business
from tests import factories
from tests.conftest import Clone

J = factories.JURISDICTION


def stage(clone: Clone, path: Path) -> int:
    with transaction(clone.engine, J) as session:
        return staging.stage_businesses(session, J, path, datum="WGS84").id


def confirm(clone: Clone, batch: int) -> str:
    try:
        with transaction(clone.engine, J) as session:
            done = confirming.confirm(session, J, batch)
        return f"landed {done.landed} known {done.known}"
    except Conflict as refusal:
        return refusal.code


def landed(clone: Clone) -> int:
    with transaction(clone.engine, J) as session:
        return session.scalar(select(func.count()).select_from(Business)) or 0


def test_confirming_at_once_lands_every_business_once(clone: Clone, tmp_path: Path) -> None:
    with Session(clone.owner) as session, session.begin():
        set_jurisdiction(session, J)
        factories.bureau(session)
    rows = "".join(f"第{n}号店,甲路{n}号\n" for n in range(300))
    one, other = tmp_path / "a.csv", tmp_path / "b.csv"
    one.write_text("字号名称,经营地址\n" + rows, "utf-8")
    other.write_text("字号名称,经营地址\n" + rows + "新店,乙路1号\n", "utf-8")
    first, second = stage(clone, one), stage(clone, other)
    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(lambda batch: confirm(clone, batch), [first, first, second, second]))
    assert outcomes.count("import-not-staged") == 2
    assert landed(clone) == 301
    assert sorted(outcomes)[2:] in (
        ["landed 1 known 300", "landed 300 known 0"],
        ["landed 0 known 300", "landed 301 known 0"],
    )
