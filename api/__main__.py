"""``python -m api`` prints the OpenAPI document, from which the web client's types are generated."""

from __future__ import annotations

import json
import sys

from sqlalchemy import create_engine

from api.app import create_app


def document() -> str:
    """The description as text: keys sorted, so that a change shows as a small difference."""
    app = create_app(create_engine("postgresql+psycopg2://"))  # described, never connected
    return json.dumps(app.openapi(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    sys.stdout.write(document())
