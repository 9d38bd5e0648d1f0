"""Whatever is sent to whichever route, the answer is no server error and keeps to the description."""

from __future__ import annotations

import os
from contextlib import suppress

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import create_engine

from api.app import create_app
from api.auth import COOKIE, CSRF_HEADER
from api.permissions import ROLES

ENDLESS = {"listen"}
"""Streams, which answer for ever."""
EXAMPLES = int(os.environ.get("GRIDSUP_INPUTS", "16"))
"""Inputs per route, half of them sound and half not; the variable asks for a longer search."""
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


def _tags():
    description = create_app(create_engine("postgresql+psycopg2://nowhere/none")).openapi()
    return sorted({one["tags"][0] for path in description["paths"].values() for one in path.values()})


@pytest.mark.slow
@pytest.mark.parametrize("tag", _tags())
def test_no_input_to_any_route_gives_a_server_error(bureau, address, tag):
    schema = schemathesis.openapi.from_dict(bureau.app.openapi())
    schema.config.update(base_url=address)
    everything = bureau.officer(*ROLES)
    line = requests.Session()  # one connection, as a browser keeps it
    for operation in schema.include(tag=tag).get_all_operations():
        route = operation.ok()
        if route.definition.raw["operationId"] in ENDLESS:
            continue
        signed_in = bureau.client(officer=everything)
        headers = {
            CSRF_HEADER: signed_in.headers[CSRF_HEADER],
            "Cookie": f"{COOKIE}={signed_in.cookies[COOKIE]}",
        }
        answers = _statuses(route, GenerationMode.POSITIVE, line, headers)
        answers |= _statuses(route, GenerationMode.NEGATIVE, line, headers)
        assert answers, route.label
        assert not answers <= {401, 403}, f"{route.label} was never reached: {answers}"


def _statuses(route, mode, line, headers):
    """Send generated inputs; the statuses that came."""
    seen = set()

    @given(case=route.as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES // 2,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def run(case):
        seen.add(case.call_and_validate(session=line, headers=headers, checks=CHECKS).status_code)

    with suppress(Unsatisfiable):  # a route without input has no wrong input
        run()
    return seen
