"""The photos of one business: those that the acts on its matters name, findings and cases alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, column, func, literal, select, true, tuple_
from sqlalchemy.dialects.postgresql import JSONB, distinct_on

from gridsup.cells.queries import Rows
from gridsup.procedures.model import Attachment, Event, Matter
from gridsup.registry.queries import among


def photos(
    jurisdiction_id: int,
    business_ids: Sequence[int],
    *,
    org_ids: Sequence[int] | None,
    after: tuple[Any, ...] | None,
    limit: int,
) -> Rows:
    """Rows ``(sha256, caption, at, matter_id, title, person_id, device)``, the newest first.

    ``at``: when it was taken, else the legal time of the act. One that several acts name stands once, with
    the first of them. ``org_ids`` narrows to matters given to these bodies; None: all. ``after``: the
    ``(at, sha256)`` of the last row seen.
    """
    named = _named(jurisdiction_id, business_ids, org_ids)
    at = func.coalesce(Attachment.taken_at, named.c.effective_at).label("at")
    query = (
        select(
            named.c.sha256,
            named.c.caption,
            at,
            named.c.matter_id,
            named.c.title,
            named.c.person_id,
            Attachment.device,
        )
        .join(
            Attachment,
            and_(Attachment.jurisdiction_id == jurisdiction_id, Attachment.sha256 == named.c.sha256),
        )
        .where(Attachment.mime.startswith("image/"))
        .order_by(at.desc(), named.c.sha256.desc())
        .limit(limit)
    )
    return query if after is None else query.where(tuple_(at, named.c.sha256) < tuple_(*after))


def _named(jurisdiction_id: int, business_ids: Sequence[int], org_ids: Sequence[int] | None) -> Any:
    """What the acts name, each photo with the first act that does."""
    listed = func.coalesce(Event.data["photos"], literal([], JSONB))
    each = func.jsonb_array_elements(listed).table_valued(column("value", JSONB)).lateral("each")
    photo = each.c.value
    sha256 = photo["sha256"].astext.label("sha256")
    query = (
        select(
            sha256,
            photo["caption"].astext.label("caption"),
            Event.effective_at,
            Event.matter_id,
            Event.person_id,
            Matter.title,
        )
        .select_from(Event)
        .join(Matter, and_(Matter.jurisdiction_id == jurisdiction_id, Matter.id == Event.matter_id))
        .join(each, true())
        .where(
            Event.jurisdiction_id == jurisdiction_id,
            Matter.subject_kind == "business",
            among(Matter.subject_id, business_ids),
        )
        .ext(distinct_on(sha256))
        .order_by(sha256, Event.effective_at, Event.matter_id, Event.seq)
    )
    if org_ids is not None:
        query = query.where(Matter.assigned_org_id.in_(list(org_ids)))
    return query.subquery("named")
