"""Twenty thousand businesses are staged and land in seconds, in one transaction."""

from __future__ import annotations

import csv
import random
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo_data import confirming, staging
from gridsup.registry.model import Business, HouseholdCode
from tests import factories

J = factories.JURISDICTION
ROWS = 20_000


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


@pytest.mark.slow
def test_twenty_thousand_rows_land_together_in_seconds(session: Session, tmp_path: Path) -> None:
    factories.bureau(session)
    path = many(tmp_path / "a.csv")
    start = time.monotonic()
    batch = staging.stage_businesses(session, J, path, datum="CGCS2000")
    staged = time.monotonic()
    done = confirming.confirm(session, J, batch.id)
    landed = time.monotonic()
    print(f"staged in {staged - start:.1f} s, landed in {landed - staged:.1f} s")
    assert (done.landed, done.unplaced, done.outside) == (ROWS, ROWS // 10, 0)
    codes = select(func.count(func.distinct(HouseholdCode.code))).where(HouseholdCode.jurisdiction_id == J)
    assert session.scalar(codes) == ROWS * 9 // 10
    assert session.scalar(select(func.count()).select_from(Business)) == ROWS
    assert landed - start < 90
