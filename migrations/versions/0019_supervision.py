"""Spot checks (督查抽查) with their steps, urgings (督办) with their answers, and the quarter's meeting pack.

Walls: row-level security on all five tables by ``jurisdiction_id`` (docs/decisions/0005); all are append-only
but ``spot_checks``, whose supervisor may change.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from gridsup.walls import wall

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

JSON = postgresql.JSONB(astext_type=sa.Text())
APPEND = "SELECT, INSERT"
WHEN = sa.DateTime(timezone=True)
KINDS = "kind in ('monthly', 'quarterly'{more})"


def _key() -> list[sa.Column]:
    return [
        sa.Column("jurisdiction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
    ]


def _number(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _points(table: str, column: str, at: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["jurisdiction_id", column],
        [f"{at}.jurisdiction_id", f"{at}.id"],
        name=op.f(f"fk_{table}_jurisdiction_id_{column}"),
    )


def _own(table: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f(f"pk_{table}"))


def _index(table: str, column: str) -> None:
    op.create_index(op.f(f"ix_{table}_jurisdiction_id_{column}"), table, ["jurisdiction_id", column])


def upgrade() -> None:
    _spot_draws()
    _spot_checks()
    _spot_steps()
    _urgings()
    _reports(", 'meeting'")


def _spot_draws() -> None:
    op.create_table(
        "spot_draws",
        *_key(),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        _number("station_id", nullable=True),
        _number("inspector_id", nullable=True),
        _number("least_risk"),
        sa.Column("seed", sa.String(), nullable=False),
        _number("size"),
        sa.Column("population", JSON, nullable=False),
        sa.Column("population_hash", sa.String(), nullable=False),
        _number("officer_id"),
        sa.Column("drawn_at", WHEN, server_default=sa.text("now()"), nullable=False),
        _points("spot_draws", "officer_id", "officers"),
        _points("spot_draws", "station_id", "organisations"),
        _points("spot_draws", "inspector_id", "officers"),
        _own("spot_draws"),
    )
    _index("spot_draws", "drawn_at")
    wall("spot_draws", grants=APPEND)


def _spot_checks() -> None:
    op.create_table(
        "spot_checks",
        *_key(),
        _number("draw_id"),
        _number("place"),
        _number("visit_id"),
        _number("business_id"),
        _number("inspector_id"),
        _number("station_id", nullable=True),
        _number("supervisor_id"),
        sa.Column("record", JSON, nullable=False),
        sa.CheckConstraint("supervisor_id <> inspector_id", name=op.f("ck_spot_checks_another")),
        _points("spot_checks", "draw_id", "spot_draws"),
        _points("spot_checks", "visit_id", "visits"),
        _points("spot_checks", "business_id", "businesses"),
        _points("spot_checks", "inspector_id", "officers"),
        _points("spot_checks", "supervisor_id", "officers"),
        _points("spot_checks", "station_id", "organisations"),
        sa.UniqueConstraint(
            "jurisdiction_id",
            "draw_id",
            "visit_id",
            name=op.f("uq_spot_checks_jurisdiction_id_draw_id_visit_id"),
        ),
        _own("spot_checks"),
    )
    _index("spot_checks", "supervisor_id")
    _index("spot_checks", "inspector_id")
    wall("spot_checks")


def _spot_steps() -> None:
    op.create_table(
        "spot_steps",
        *_key(),
        _number("check_id"),
        sa.Column("kind", sa.String(), nullable=False),
        _number("officer_id"),
        sa.Column("at", WHEN, nullable=False),
        sa.Column("key", sa.Uuid(), nullable=True),
        sa.Column("content", JSON, nullable=False),
        sa.Column("recorded_at", WHEN, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind in ('result', 'explanation', 'ruling')", name=op.f("ck_spot_steps_kind")),
        _points("spot_steps", "check_id", "spot_checks"),
        _points("spot_steps", "officer_id", "officers"),
        sa.UniqueConstraint(
            "jurisdiction_id", "check_id", "kind", name=op.f("uq_spot_steps_jurisdiction_id_check_id_kind")
        ),
        _own("spot_steps"),
    )
    wall("spot_steps", grants=APPEND)


def _urgings() -> None:
    op.create_table(
        "urgings",
        *_key(),
        _number("matter_id"),
        sa.Column("clock", sa.String(), nullable=False),
        _number("run"),
        sa.Column("clock_title", sa.String(), nullable=False),
        sa.Column("due_at", WHEN, nullable=False),
        sa.Column("post", sa.String(), nullable=False),
        _number("holder_id", nullable=True),
        _number("body_id", nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        _number("officer_id"),
        sa.Column("urged_at", WHEN, server_default=sa.text("now()"), nullable=False),
        _points("urgings", "matter_id", "matters"),
        _points("urgings", "officer_id", "officers"),
        _points("urgings", "holder_id", "officers"),
        _points("urgings", "body_id", "organisations"),
        _own("urgings"),
    )
    _index("urgings", "matter_id")
    _index("urgings", "urged_at")
    wall("urgings", grants=APPEND)
    op.create_table(
        "urging_answers",
        *_key(),
        _number("urging_id"),
        _number("officer_id"),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("answered_at", WHEN, server_default=sa.text("now()"), nullable=False),
        _points("urging_answers", "urging_id", "urgings"),
        _points("urging_answers", "officer_id", "officers"),
        sa.UniqueConstraint(
            "jurisdiction_id", "urging_id", name=op.f("uq_urging_answers_jurisdiction_id_urging_id")
        ),
        _own("urging_answers"),
    )
    wall("urging_answers", grants=APPEND)


def _reports(more: str, *, valid: bool = True) -> None:
    """``valid`` False lets packs that were issued stay: nobody may delete what was issued."""
    name = op.f("ck_issued_reports_kind")
    op.drop_constraint(name, "issued_reports", type_="check")
    op.create_check_constraint(
        name, "issued_reports", KINDS.format(more=more), postgresql_not_valid=not valid
    )


def downgrade() -> None:
    _reports("", valid=False)
    for table in ("urging_answers", "urgings", "spot_steps", "spot_checks", "spot_draws"):
        op.drop_table(table)
