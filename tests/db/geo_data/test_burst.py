"""Thousands of rows are staged and land in one transaction, each household with a code of its own."""

from __future__ import annotations

import csv
import random
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo_data import confirming, staging
from gridsup.registry.model import Business, HouseholdCode
from tests import factories

J = factories.JURISDICTION
ROWS = 3_000


def many(path: Path) -> Path:
    chance = random.Random(420103)
    with path.open("w", encoding="gb18030", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["字号名称", "经营者", "联系电话", "经营地址", "开业日期", "经度", "纬度"])
        for n in range(ROWS):
            placed = n % 10 != 0
            lon = factories.WEST + chance.random() * 0.0199 if placed else ""
            lat = factories.SOUTH + chance.random() * 0.0199 if placed else ""
            writer.writerow(
                [f"第{n}号小店", "王强", 13800138000 + n, f"前进四路{n}号", "2019年3月1日", lon, lat]
            )
    return path


def test_thousands_of_rows_land_together(session: Session, tmp_path: Path) -> None:
    factories.bureau(session)
    batch = staging.stage_businesses(session, J, many(tmp_path / "a.csv"), datum="CGCS2000")
    done = confirming.confirm(session, J, batch.id)
    assert (done.landed, done.unplaced, done.outside) == (ROWS, ROWS // 10, 0)
    codes = select(func.count(func.distinct(HouseholdCode.code))).where(HouseholdCode.jurisdiction_id == J)
    assert session.scalar(codes) == ROWS * 9 // 10
    assert session.scalar(select(func.count()).select_from(Business)) == ROWS
