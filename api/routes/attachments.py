"""Photos and files: sent up first, under their hash; an act then names them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Query, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api import standing
from api.auth import User
from api.deps import Db, Id
from api.inputs import Hash, Instant
from api.permissions import Permission
from api.policy import permit
from gridsup.codes.patterns import SHA256
from gridsup.errors import NotFound, Unavailable
from gridsup.patrols import shots
from gridsup.patrols.marked import marked
from gridsup.procedures import attachments
from gridsup.procedures.model import Attachment
from gridsup.procedures.queries import names_file

router = APIRouter(tags=["attachments"])
Reader = Annotated[User, permit(Permission.ATTACHMENTS_READ)]
Uploader = Annotated[User, permit(Permission.ATTACHMENTS_UPLOAD)]
Sha256 = Annotated[str, Path(pattern=SHA256, description="SHA-256 of the bytes, lower-case hex")]
_FILE = {"schema": {"type": "string", "format": "binary"}}
_MIMES = [
    *("image/jpeg", "image/png", "image/webp", "image/heic"),
    *("audio/webm", "audio/ogg", "audio/mp4", "application/pdf"),
]
_KINDS: dict[str, object] = dict.fromkeys(_MIMES, _FILE)


class AttachmentView(BaseModel):
    """A stored file. `original` is false for a copy that a phone has shrunk."""

    sha256: str
    size: int
    mime: str
    caption_kind: str | None
    original: bool


class HashList(BaseModel):
    hashes: Annotated[list[Hash], Field(max_length=1000)]


class Missing(BaseModel):
    missing: list[str] = Field(description="those that are not here yet, in the order asked")


@router.put(
    "/attachments/{sha256}",
    max_body_size=attachments.MAX_BYTES,
    responses={201: {"description": "Stored for good", "model": AttachmentView}},
)
def put_attachment(
    sha256: Sha256,
    content: Annotated[bytes, Body(media_type="application/octet-stream")],
    user: Uploader,
    session: Db,
    response: Response,
    caption_kind: Annotated[str | None, Query(max_length=40, pattern="^[a-z_]+$")] = None,
    taken_at: Annotated[Instant | None, Query(description="when the photo was taken")] = None,
    original: bool = True,
    lon: Annotated[float | None, Query(ge=-180, le=180, description="where it was taken (CRS84)")] = None,
    lat: Annotated[float | None, Query(ge=-90, le=90)] = None,
    accuracy_m: Annotated[float | None, Query(ge=0, le=1e7)] = None,
    clock_ahead_ms: Annotated[float | None, Query(ge=-1e13, le=1e13)] = None,
    gallery: Annotated[bool, Query(description="chosen out of the gallery, not taken on the spot")] = False,
) -> AttachmentView:
    """Store a file under its hash: the raw bytes are the body. 201 when it is new, 200 when it was here.

    The answer comes once the bytes are safe on disk. JPEG, PNG, WebP, HEIC, voice notes (WebM, Ogg, MP4) and
    PDF up to 20 MB.
    """
    new = not attachments.arrived(session, [sha256])
    stored = attachments.save(
        session,
        content,
        uploaded_by=user.officer_id,
        sha256=sha256,
        caption_kind=caption_kind,
        taken_at=taken_at,
        original=original,
        device=shot(lon=lon, lat=lat, accuracy_m=accuracy_m, clock_ahead_ms=clock_ahead_ms, gallery=gallery),
    )
    response.status_code = 201 if new else 200
    return AttachmentView.model_validate(stored, from_attributes=True)


@router.get(
    "/attachments/{sha256}",
    response_class=FileResponse,
    responses={200: {"description": "The bytes", "content": _KINDS}},
)
def get_attachment(sha256: Sha256, user: Reader, session: Db) -> FileResponse:
    """The file itself. It never changes, so a browser may keep it, for this user alone."""
    found = _seen(session, user, sha256)
    path = attachments.path_of(user.jurisdiction_id, found.sha256)
    if not path.is_file():
        raise _lost()
    return FileResponse(path, media_type=found.mime, headers=_headers(sha256))


@router.head("/attachments/{sha256}")
def head_attachment(sha256: Sha256, user: Reader, session: Db) -> Response:
    """Whether the file is here: its kind and size as headers."""
    found = _seen(session, user, sha256)
    return Response(media_type=found.mime, headers={**_headers(sha256), "Content-Length": str(found.size)})


@router.post("/attachments/missing")
def list_missing_attachments(form: HashList, user: Uploader, session: Db) -> Missing:
    """Which of these files have not arrived: what an outbox still has to send."""
    here = attachments.arrived(session, form.hashes)
    return Missing(missing=[one for one in dict.fromkeys(form.hashes) if one not in here])


def shot(**noted: float | bool | None) -> dict[str, Any]:
    """What the phone noted with a picture, without what it did not know."""
    return {name: value for name, value in noted.items() if value is not None and value is not False}


@router.get(
    "/matters/{matter_id}/photos/{sha256}/marked",
    response_class=Response,
    responses={200: {"description": "The copy", "content": {"image/jpeg": _FILE}}},
)
def get_marked_photo(matter_id: Id, sha256: Sha256, user: Reader, session: Db) -> Response:
    """The watermarked copy (水印副本) of a photo of a matter: when, where, who, which household, and the hash
    of the original, which stays as it was taken."""
    standing.check_sight(session, user, [matter_id])
    lines = shots.lines(session, user.jurisdiction_id, matter_id, sha256)
    original = _bytes(user.jurisdiction_id, attachments.find(session, sha256))
    copy = marked(original, sha256, lines)
    return Response(copy, media_type="image/jpeg", headers={"Cache-Control": "private, no-cache"})


def _bytes(jurisdiction_id: int, found: Attachment) -> bytes:
    path = attachments.path_of(jurisdiction_id, found.sha256)
    if not path.is_file():
        raise _lost()
    return path.read_bytes()


def _lost() -> Unavailable:
    return Unavailable(
        "file-lost",
        zh="文件在存储中缺失，请联系管理员从备份恢复。",
        en="The file is missing from the store; ask the administrator to restore it from the backup.",
    )


def _seen(session: Session, user: User, sha256: str) -> Attachment:
    """The file, where this person may see it: a liaison the own ones and those of the own body's matters."""
    found = attachments.find(session, sha256)
    if user.may(Permission.MATTERS_READ_ALL) or found.uploaded_by == user.officer_id:
        return found
    if not session.scalar(names_file(user.jurisdiction_id, sha256, sorted(user.organisation_ids))):
        raise NotFound(
            "no-attachment",
            zh="没有校验值为{sha256}的文件。",
            en="There is no file with the hash {sha256}.",
            sha256=sha256,
        )
    return found


def _headers(sha256: str) -> dict[str, str]:
    return {"Cache-Control": "private, max-age=31536000, immutable", "ETag": f'"{sha256}"'}
