"""Quality review of closed files, and the appraisal of inspectors and stations.

Walls: row-level security on all nine tables by ``jurisdiction_id`` (docs/decisions/0005). All are append-only
but ``file_reviews``, whose reviewer may change until the file is judged.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from gridsup.walls import wall

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

JSON = postgresql.JSONB(astext_type=sa.Text())
MOMENT = sa.DateTime(timezone=True)
APPEND = "SELECT, INSERT"


def _number(name: str, *, null: bool = False) -> sa.Column:
    return sa.Column(name, sa.BigInteger(), nullable=null)


def _text(name: str, *, null: bool = False) -> sa.Column:
    return sa.Column(name, sa.String(), nullable=null)


def _moment(name: str, *, null: bool = False, now: bool = False) -> sa.Column:
    return sa.Column(name, MOMENT, nullable=null, server_default=sa.text("now()") if now else None)


def _json(name: str) -> sa.Column:
    return sa.Column(name, JSON, nullable=False)


def _to(table: str, target: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["jurisdiction_id", column],
        [f"{target}.jurisdiction_id", f"{target}.id"],
        name=op.f(f"fk_{table}_jurisdiction_id_{column}"),
    )


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(
        "jurisdiction_id", *columns, name=op.f(f"uq_{table}_jurisdiction_id_{'_'.join(columns)}")
    )


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _make(
    table: str, *parts: sa.Column | sa.Constraint, grants: str = APPEND, index: tuple[str, ...] = ()
) -> None:
    op.create_table(
        table,
        sa.Column("jurisdiction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        *parts,
        sa.PrimaryKeyConstraint("jurisdiction_id", "id", name=op.f(f"pk_{table}")),
    )
    for column in index:
        op.create_index(op.f(f"ix_{table}_jurisdiction_id_{column}"), table, ["jurisdiction_id", column])
    wall(table, grants=grants)


def upgrade() -> None:
    _reviews()
    _corrections()
    _appraisals()
    _objections()


def _reviews() -> None:
    _make(
        "review_draws",
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        _json("kinds"),
        _text("each"),
        _number("count"),
        _text("seed"),
        _json("population"),
        _text("population_sha256"),
        _number("officer_id"),
        _moment("drawn_at", now=True),
        _check("review_draws", "each", "each in ('all', 'kind', 'station')"),
        _to("review_draws", "officers", "officer_id"),
        index=("drawn_at",),
    )
    _make(
        "file_reviews",
        _number("draw_id"),
        _number("matter_id"),
        _number("rank"),
        _text("pack"),
        _number("station_id", null=True),
        _number("handler_id", null=True),
        _json("handlers"),
        _number("reviewer_id"),
        _to("file_reviews", "review_draws", "draw_id"),
        _to("file_reviews", "matters", "matter_id"),
        _to("file_reviews", "organisations", "station_id"),
        _to("file_reviews", "officers", "handler_id"),
        _to("file_reviews", "officers", "reviewer_id"),
        _unique("file_reviews", "draw_id", "matter_id"),
        grants="SELECT, INSERT, UPDATE",
        index=("reviewer_id", "handler_id"),
    )
    _make(
        "review_sheets",
        _number("review_id"),
        _number("checklist_version"),
        _json("marks"),
        _json("axes"),
        sa.Column("total", sa.Float(), nullable=False),
        _text("grade"),
        _text("findings"),
        _number("officer_id"),
        _moment("at", now=True),
        _check("review_sheets", "total", "total >= 0 and total <= 100"),
        _to("review_sheets", "file_reviews", "review_id"),
        _to("review_sheets", "officers", "officer_id"),
        _unique("review_sheets", "review_id"),
        index=("at",),
    )


def _corrections() -> None:
    _make(
        "correction_orders",
        _number("review_id"),
        _text("number"),
        _number("handler_id"),
        _text("demand"),
        _moment("due_at"),
        _json("explanation"),
        _number("officer_id"),
        _moment("ordered_at"),
        _to("correction_orders", "file_reviews", "review_id"),
        _to("correction_orders", "officers", "handler_id"),
        _to("correction_orders", "officers", "officer_id"),
        _unique("correction_orders", "review_id"),
        _unique("correction_orders", "number"),
        index=("handler_id",),
    )
    _make(
        "correction_steps",
        _number("order_id"),
        _number("seq"),
        _text("step"),
        _text("words"),
        _moment("due_at", null=True),
        _number("officer_id"),
        _moment("at"),
        _check("correction_steps", "step", "step in ('answer', 'accept', 'return')"),
        _to("correction_steps", "correction_orders", "order_id"),
        _to("correction_steps", "officers", "officer_id"),
        _unique("correction_steps", "order_id", "seq"),
    )


def _appraisals() -> None:
    _make(
        "appraisals",
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        _text("title"),
        _text("remarks"),
        _json("catalogue"),
        _moment("object_until"),
        _number("officer_id"),
        _moment("issued_at", now=True),
        _check("appraisals", "days", "since <= until"),
        _to("appraisals", "officers", "officer_id"),
        _unique("appraisals", "since", "until"),
    )
    _make(
        "appraisal_lines",
        _number("appraisal_id"),
        _number("officer_id", null=True),
        _number("station_id", null=True),
        sa.Column("total", sa.Float(), nullable=True),
        _text("grade", null=True),
        _json("measures"),
        _text("rows_sha256"),
        sa.Column("rows", sa.LargeBinary(), nullable=False),
        _to("appraisal_lines", "appraisals", "appraisal_id"),
        _to("appraisal_lines", "organisations", "station_id"),
        _to("appraisal_lines", "officers", "officer_id"),
        index=("appraisal_id", "officer_id"),
    )


def _objections() -> None:
    _make(
        "appraisal_objections",
        _number("line_id"),
        _text("measure"),
        _json("rows"),
        _text("reason"),
        _moment("answer_due_at"),
        _number("officer_id"),
        _moment("at"),
        _to("appraisal_objections", "appraisal_lines", "line_id"),
        _to("appraisal_objections", "officers", "officer_id"),
        index=("line_id",),
    )
    _make(
        "appraisal_answers",
        _number("objection_id"),
        _json("upheld"),
        _text("words"),
        _number("officer_id"),
        _moment("at"),
        _to("appraisal_answers", "appraisal_objections", "objection_id"),
        _to("appraisal_answers", "officers", "officer_id"),
        _unique("appraisal_answers", "objection_id"),
    )


def downgrade() -> None:
    for table in (
        "appraisal_answers",
        "appraisal_objections",
        "appraisal_lines",
        "appraisals",
        "correction_steps",
        "correction_orders",
        "review_sheets",
        "file_reviews",
        "review_draws",
    ):
        op.drop_table(table)
