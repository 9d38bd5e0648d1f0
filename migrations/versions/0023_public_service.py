"""A paper can be served by public notice.

Walls: none new; the ways of service that a row may state (docs/decisions/0005).
"""

from __future__ import annotations

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

NAME = "ck_document_services_way"
WAYS = "'direct', 'left', 'post', 'electronic', 'entrusted'"


def upgrade() -> None:
    op.drop_constraint(op.f(NAME), "document_services", type_="check")
    op.create_check_constraint(op.f(NAME), "document_services", f"way in ({WAYS}, 'public')")


def downgrade() -> None:
    op.drop_constraint(op.f(NAME), "document_services", type_="check")
    op.create_check_constraint(op.f(NAME), "document_services", f"way in ({WAYS})")
