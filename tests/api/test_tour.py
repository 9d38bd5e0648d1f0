"""The handbook's tour with curl runs as it is printed."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from sqlalchemy import update

from gridsup.people import service
from gridsup.people.audit import as_auth
from gridsup.people.model import Account
from tests.api.conftest import PASSWORD
from tests.api.streets import furnish

PAGE = Path(__file__).resolve().parents[2] / "docs" / "curl-tour.md"
DEMO_NAMES = {
    "inspector": "inspector-01-1",
    "dispatcher": "dispatcher-1",
    "station_head": "station_head-01",
    "liaison": "liaison-d06",
}
"""Post → the demo's account that the tour signs in with."""


def test_the_tour_brings_a_finding_to_its_end(bureau, address):
    streets = furnish(bureau)
    streets.report(name="赵记杂货")  # somebody who is due for a visit
    with bureau.session() as session:
        bureau.organisations["health"] = service.add_organisation(
            session, bureau.id, kind="department", code="D06", name="区卫生健康局"
        ).id
    for post, name in DEMO_NAMES.items():
        officer = streets.as_(post, **({"place": "health"} if post == "liaison" else {})).officer
        with bureau.session() as session, as_auth(session):
            session.execute(
                update(Account)
                .where(Account.jurisdiction_id == bureau.id, Account.id == officer.account_id)
                .values(username=name)
            )
    blocks = re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "\n".join(blocks)],
        env={**os.environ, "BASE": f"{address}/api", "PASSWORD": PASSWORD},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    said = done.stdout.splitlines()
    for line in ("Referred", "no-matter", "To be re-checked", "Closed", "true"):
        assert line in said, f"{line} is missing in:\n{done.stdout}"
