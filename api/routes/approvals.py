"""待批: what waits for my signature, one of it in full, its papers as pictures, routine ones at once."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from sqlalchemy.orm import Session

from api import approval_views, standing
from api.approval_shapes import ApprovalDetail, ApprovalList, BatchApproval
from api.auth import User
from api.deps import Db, Id
from api.inputs import Asked
from api.permissions import Permission
from api.policy import permit
from api.routes.actions import BatchAnswer, Key, Outcome, outcome
from gridsup.documents import compose, drafts, typesetting
from gridsup.errors import GridsupError, NotFound
from gridsup.procedures import views
from gridsup.procedures.acting import CLOCKWORK
from gridsup.procedures.family import no_matter
from gridsup.signing import waiting
from gridsup.signing.waiting import Approve, Waits

router = APIRouter(tags=["approvals"])
Signer = Annotated[User, permit(Permission.MATTERS_ACT)]
Reader = Annotated[User, permit(Permission.DOCUMENTS_READ)]
ProposalNo = Annotated[int, Path(ge=1, lt=2**31, description="its number, from `proposals`")]
KindName = Annotated[str, Query(max_length=40, pattern="^[a-z_]+$", description="kind of document")]
PNG: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The page",
        "content": {"image/png": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.get("/approvals")
def list_approvals(user: Signer, session: Db) -> ApprovalList:
    """What waits for my signature: the soonest due first, with the standing in which I sign it.

    Own posts, those of colleagues on leave (B角), and those under an authority to sign (授权代签).
    """
    within = None if user.may(Permission.MATTERS_READ_ALL) else sorted(user.organisation_ids)
    found = waiting.proposals(session, standing.signers(session, user), org_ids=within)
    return approval_views.listed(session, user.jurisdiction_id, found)


@router.get("/matters/{matter_id}/proposals/{proposal}")
def get_approval(matter_id: Id, proposal: ProposalNo, user: Signer, session: Db) -> ApprovalDetail:
    """A proposal that I may sign: its form, papers, warnings, the law that applies, the opinions so far."""
    standing.check_sight(session, user, [matter_id])
    return approval_views.detail(session, user.jurisdiction_id, _mine(session, user, matter_id, proposal))


@router.get(
    "/matters/{matter_id}/documents/preview.png",
    response_class=Response,
    responses=PNG,
)
def preview_document_page(
    matter_id: Id,
    kind: KindName,
    user: Reader,
    session: Db,
    proposal: Asked = None,
    seq: Asked = None,
    page: Annotated[int, Query(ge=1, le=200)] = 1,
) -> Response:
    """One page of `GET …/documents/preview` as a picture; `X-Pages` says how many there are."""
    standing.check_sight(session, user, [matter_id])
    acting = next(iter(standing.actings(user)), CLOCKWORK)
    source = drafts.find(session, matter_id, kind, proposal, seq, acting, {})
    pages = typesetting.pictures("paper", compose.compose(source, draft=True))
    if page > len(pages):
        raise NotFound(
            "no-page",
            zh="文书只有{pages}页。",
            en="The paper has {pages} page(s).",
            pages=len(pages),
        )
    headers = {"X-Pages": str(len(pages)), "Cache-Control": "no-store"}
    return Response(pages[page - 1], media_type="image/png", headers=headers)


@router.post("/approvals/sign")
def approve_many(form: BatchApproval, user: Signer, session: Db, idempotency_key: Key) -> BatchAnswer:
    """Approve several at once. Only kinds declared routine; the others come back refused, by name."""
    sight = standing.visible(session, user, [one.matter_id for one in form.items])
    asked: dict[int, Approve] = {}
    refused: dict[int, GridsupError] = {}
    for place, one in enumerate(form.items):
        if one.matter_id not in sight:
            refused[place] = no_matter(one.matter_id)
            continue
        try:
            acting = standing.signing(session, user, None, one.matter_id, one.proposal)
            acting = acting or standing.acting(session, user, None, ())
            asked[place] = Approve(one.matter_id, one.proposal, one.expected_version, acting)
        except GridsupError as refusal:
            refused[place] = refusal
    results = waiting.approve_many(session, list(asked.values()), form.opinion, idempotency_key)
    found = dict(zip(asked, results, strict=True))
    outcomes: list[Outcome] = [
        outcome(session, user, one.matter_id, refused.get(place) or found[place], at="")
        for place, one in enumerate(form.items)
    ]
    done = sum(one.done for one in outcomes)
    return BatchAnswer(batch=idempotency_key, done=done, refused=len(outcomes) - done, outcomes=outcomes)


def _mine(session: Session, user: User, matter_id: int, proposal: int) -> Waits:
    """The proposal, where this person may sign it now; raises what speaks against it."""
    family, member = views.read(session, matter_id)
    acting = waiting.signer_of(family, member, proposal, standing.signers(session, user))
    if acting is None:
        raise NotFound(
            "nothing-to-sign",
            zh="这件呈批已有结果，或不由您签批。请刷新待批清单。",
            en="This proposal is settled, or it is not yours to sign. Load the list again.",
            matter=matter_id,
            proposal=proposal,
        )
    return Waits(family, member, proposal, acting)
