"""The documents of a matter: drafts as they will print, issued ones, their seals, services and prints."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Response
from sqlalchemy.orm import Session

from api import standing
from api.auth import User
from api.deps import Db, Id
from api.document_shapes import (
    AmendForm,
    DocumentDetail,
    DocumentPrintForm,
    DocumentVoidForm,
    IssueForm,
    MatterDocuments,
    PrintRow,
    ScanForm,
    SealForm,
    ServiceForm,
    documents,
    draft,
    print_rows,
)
from api.inputs import Asked
from api.permissions import Permission
from api.policy import permit
from api.public_notices import PublicationForm, PublicNoticeForm
from gridsup.documents import drafts, files, life, prints, publishing, queries, services, voiding
from gridsup.documents.model import Document
from gridsup.documents.proof import Service
from gridsup.documents.services import Capacity
from gridsup.documents.word import word
from gridsup.patrols import device
from gridsup.people.audit import record
from gridsup.procedures.acting import Acting

router = APIRouter(tags=["documents"])
Reader = Annotated[User, permit(Permission.DOCUMENTS_READ)]
Issuer = Annotated[User, permit(Permission.DOCUMENTS_ISSUE)]
Keeper = Annotated[User, permit(Permission.DOCUMENTS_SEAL)]
Voider = Annotated[User, permit(Permission.DOCUMENTS_VOID)]
KindName = Annotated[str, Query(max_length=40, pattern="^[a-z_]+$", description="kind of document")]
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_FILE = {"schema": {"type": "string", "format": "binary"}}


def _files(*kinds: str) -> dict[int | str, dict[str, Any]]:
    return {200: {"description": "The file", "content": dict.fromkeys(kinds, _FILE)}}


@router.get("/matters/{matter_id}/documents")
def list_documents(matter_id: Id, user: Reader, session: Db) -> MatterDocuments:
    """A matter's numbered documents with their life, and the papers that are not issued yet."""
    standing.check_sight(session, user, [matter_id])
    found = session.scalars(queries.documents_of(user.jurisdiction_id, matter_id)).all()
    return MatterDocuments(
        matter_id=matter_id,
        documents=documents(session, found),
        drafts=[draft(one) for one in drafts.open_drafts(session, matter_id)],
    )


@router.get(
    "/matters/{matter_id}/documents/preview", response_class=Response, responses=_files("application/pdf")
)
def preview_document(
    matter_id: Id,
    kind: KindName,
    user: Reader,
    session: Db,
    proposal: Asked = None,
    seq: Asked = None,
) -> Response:
    """A paper as it will print, before it is approved or issued; 稿 (draft) stands across each page.

    `proposal`: the one that waits for signatures; `seq`: the act whose paper it is; without either the newest
    act that gives the kind, else its open proposal, else the act as it would be now. `X-Missing` names,
    comma-separated, what stayed blank.
    """
    standing.check_sight(session, user, [matter_id])
    acting = next(iter(standing.actings(user)), None)
    content, missing = drafts.preview(session, matter_id, kind, proposal=proposal, seq=seq, acting=acting)
    return Response(
        content,
        media_type="application/pdf",
        headers={"X-Missing": ",".join(missing), "Cache-Control": "no-store"},
    )


@router.post("/matters/{matter_id}/documents", status_code=201)
def issue_document(matter_id: Id, form: IssueForm, user: Issuer, session: Db) -> DocumentDetail:
    """Issue the paper of an act: it gets its number. Where the act numbers it itself, only after a void."""
    standing.check_sight(session, user, [matter_id])
    return _shown(session, life.issue(session, matter_id, form.kind, _acting(user), seq=form.seq))


@router.get("/documents/{document_id}")
def get_document(document_id: Id, user: Reader, session: Db) -> DocumentDetail:
    """One document."""
    return _shown(session, _seen(session, user, document_id))


@router.get(
    "/documents/{document_id}/file",
    response_class=Response,
    responses=_files("application/pdf", "image/jpeg", "image/png"),
)
def get_document_file(
    document_id: Id,
    user: Reader,
    session: Db,
    original: Annotated[bool, Query(description="as it was first set, without seal or signature")] = False,
) -> Response:
    """The document as it counts: sealed, signed or scanned, else as it was set. Its bytes never change."""
    document = _seen(session, user, document_id)
    content, mime = files.final(session, document)
    if original:
        content, mime = files.original(session, document), "application/pdf"
    return _download(content, mime, document, {"application/pdf": "pdf"}.get(mime, "jpg"), inline=True)


@router.get("/documents/{document_id}/file.docx", response_class=Response, responses=_files(WORD))
def get_document_word(document_id: Id, user: Issuer, session: Db) -> Response:
    """The same words as a Word file. Each leaves an audit entry."""
    document = _seen(session, user, document_id)
    record(
        session,
        user.jurisdiction_id,
        "export",
        officer_id=user.officer_id,
        subject="document.docx",
        document=document.id,
    )
    return _download(word(files.words(session, document)), WORD, document, "docx", inline=False)


@router.post("/documents/{document_id}/seal")
def seal_document(document_id: Id, form: SealForm, user: Keeper, session: Db) -> DocumentDetail:
    """Put the image of a seal into an issued document."""
    _seen(session, user, document_id)
    return _shown(session, life.seal(session, document_id, form.seal_id, _acting(user)))


@router.post("/documents/{document_id}/scan")
def bind_document_scan(document_id: Id, form: ScanForm, user: Keeper, session: Db) -> DocumentDetail:
    """Bind the scan of the printed and sealed paper to its number."""
    _seen(session, user, document_id)
    return _shown(session, life.bind_scan(session, document_id, form.sha256, _acting(user)))


@router.post("/documents/{document_id}/services", status_code=201)
def serve_document(document_id: Id, form: ServiceForm, user: Issuer, session: Db) -> DocumentDetail:
    """Record that a document was served, or refused before a witness; the proof of service is numbered.

    Where a step of the matter serves the paper, the step is taken by it.
    """
    _seen(session, user, document_id)
    service = Service(**form.model_dump(exclude={"crew", "device"}))
    crew = [user.officer_id, *form.crew]
    served = services.serve(session, document_id, service, _capacity(session, user), crew=crew)
    if (kept := services.recorded(session, served, service)) is not None:
        device.note(session, user.jurisdiction_id, served.matter_id, kept.event_seq, form.device.told())
    return _shown(session, served)


@router.post("/documents/{document_id}/public-notice", status_code=201)
def write_public_notice(document_id: Id, form: PublicNoticeForm, user: Issuer, session: Db) -> DocumentDetail:
    """Write the public notice of a sealed paper that no other way serves; it is numbered, then sealed."""
    _seen(session, user, document_id)
    made = publishing.write(session, document_id, tried=form.tried, gist=form.gist, acting=_acting(user))
    return _shown(session, made)


@router.post("/documents/{document_id}/publication", status_code=201)
def publish_public_notice(
    document_id: Id, form: PublicationForm, user: Issuer, session: Db
) -> DocumentDetail:
    """Record that a sealed public notice was published today: its term begins.

    Where a step of the matter publishes its paper, the step is taken by it.
    """
    _seen(session, user, document_id)
    made = publishing.publish(session, document_id, form.where, _capacity(session, user), photos=form.photos)
    return _shown(session, made)


@router.post("/documents/{document_id}/void")
def void_document(document_id: Id, form: DocumentVoidForm, user: Voider, session: Db) -> DocumentDetail:
    """Make a document void; it keeps its number and the reason."""
    _seen(session, user, document_id)
    return _shown(session, voiding.void(session, document_id, form.reason, _acting(user)))


@router.post("/documents/{document_id}/amendments", status_code=201)
def amend_document(document_id: Id, form: AmendForm, user: Issuer, session: Db) -> DocumentDetail:
    """Issue an amendment that names the document by number; the document itself stays as it is."""
    _seen(session, user, document_id)
    return _shown(session, life.amend(session, document_id, **form.model_dump(), acting=_acting(user)))


@router.post("/documents/{document_id}/prints", status_code=201)
def print_document(document_id: Id, form: DocumentPrintForm, user: Issuer, session: Db) -> PrintRow:
    """Log a print before the file goes to the printer; printing again needs a reason."""
    _seen(session, user, document_id)
    row = prints.record(
        session,
        document_id,
        officer_id=user.officer_id,
        copies=form.copies,
        form=form.format,
        reason=form.reason,
    )
    return print_rows(session, user.jurisdiction_id, [row])[0]


def _seen(session: Session, user: User, document_id: int) -> Document:
    """The document, where this person may see its matter."""
    document = files.get(session, document_id)
    if not standing.visible(session, user, [document.matter_id]):
        raise files.no_document(document_id)
    return document


def _acting(user: User) -> Acting:
    return next(iter(standing.actings(user)), None) or Acting(user.officer_id, "system")


def _capacity(session: Session, user: User) -> Capacity:
    """Who acts: in a post of the step that the paper's service takes, else as usual."""
    return lambda posts: _acting(user) if posts is None else standing.acting(session, user, None, posts)


def _shown(session: Session, document: Document) -> DocumentDetail:
    return documents(session, [document])[0]


def _download(content: bytes, mime: str, document: Document, ending: str, *, inline: bool) -> Response:
    name = quote(f"{document.title}-{document.number}.{ending}")
    how = "inline" if inline else "attachment"
    return Response(
        content,
        media_type=mime,
        headers={
            "Content-Disposition": f"{how}; filename=document.{ending}; filename*=UTF-8''{name}",
            "Cache-Control": "private, no-cache",
        },
    )
