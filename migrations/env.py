"""Alembic's environment: spatially aware, careful with locks, one transaction per migration."""

from __future__ import annotations

from typing import Any

from alembic import context
from geoalchemy2 import alembic_helpers
from sqlalchemy import Connection, text

import geo_data.model  # noqa: F401
import gridsup.models  # noqa: F401  (every mapped class, so that autogenerate sees the whole schema)
from gridsup.db import Base, owner_engine

SKIPPED_SCHEMAS = {"jobs", "tiger", "topology"}
LOCK_TIMEOUT = "10s"
"""A migration that cannot get its lock gives up, rather than queue every reader behind itself."""


def include_object(item: Any, name: str | None, kind: str, reflected: bool, compare_to: Any) -> bool:
    """Leave PostGIS's own tables and the job queue's schema alone."""
    if getattr(item, "schema", None) in SKIPPED_SCHEMAS:
        return False
    return bool(alembic_helpers.include_object(item, name, kind, reflected, compare_to))


def configure(**source: Any) -> None:
    context.configure(
        target_metadata=Base.metadata,
        include_object=include_object,
        process_revision_directives=alembic_helpers.writer,
        render_item=alembic_helpers.render_item,
        compare_type=True,
        compare_server_default=False,
        transaction_per_migration=True,
        **source,
    )


def run(connection: Connection) -> None:
    connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
    connection.execute(text("SET idle_in_transaction_session_timeout = '10min'"))
    connection.commit()
    configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    configure(url="postgresql://", literal_binds=True, dialect_opts={"paramstyle": "named"})
    with context.begin_transaction():
        context.run_migrations()
else:
    engine = context.config.attributes.get("engine") or owner_engine()
    with engine.connect() as session:
        run(session)
        session.commit()
