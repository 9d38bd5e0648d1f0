"""Inserting many rows fast."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any, cast

from psycopg2.extras import execute_values
from sqlalchemy import Table
from sqlalchemy.orm import Session

from gridsup.db import Base


def insert_rows(session: Session, mapped: type[Base], rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert a thousand rows per statement; the ids in the order of the rows. All rows name the same columns.

    Measured at 20,000 businesses: seven times faster than the mapper's bulk insert, which sends rows with
    geometry one by one. Ids come from a sequence read in the order of the VALUES, so sorting them gives
    that order back.
    """
    if not rows:
        return []
    session.flush()
    connection = session.connection()
    table = cast(Table, mapped.__table__)
    names = list(rows[0])
    convert = [
        table.c[name].type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
        for name in names
    ]
    values = [
        tuple(to(row[name]) if to else row[name] for name, to in zip(names, convert, strict=True))
        for row in rows
    ]
    statement = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES %s RETURNING id"
    with closing(cast(Any, connection.connection.cursor())) as cursor:
        got = execute_values(cursor, statement, values, page_size=1000, fetch=True)
    return sorted(row[0] for row in got)
