"""The superior's own tables (上级报表): templates kept by the bureau, filled with the board's figures."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, File, Path, Response, UploadFile
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api import board_forms
from api.auth import User
from api.deps import Db
from api.exports import forms
from api.periods import Asked
from api.permissions import Permission
from api.policy import permit
from api.uploads import plain_name
from geo_data.workbooks import MIME
from gridsup.codes.patterns import SHA256
from gridsup.documents import files
from gridsup.errors import Conflict, NotFound
from gridsup.people import queries
from gridsup.people.audit import record
from gridsup.people.model import Jurisdiction

router = APIRouter(prefix="/board/forms", tags=["board"])
Reader = Annotated[User, permit(Permission.BOARD_READ)]
Exporter = Annotated[User, permit(Permission.EXPORTS_MAKE)]
SETTING = "board_forms"
"""In the settings of a bureau: its templates, each with name, hash, who saved it and when."""
MOST = 30
Sha = Annotated[str, Path(pattern=SHA256)]
_FILE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file", "content": {MIME: {"schema": {"type": "string", "format": "binary"}}}}
}


class BoardForm(BaseModel):
    """A template, by the hash of its file."""

    sha256: str
    name: str
    saved_at: datetime
    marks: int = Field(description="how many marks it has")


class BoardForms(BaseModel):
    """The bureau's templates, and the marks that a template may have."""

    forms: list[BoardForm]
    names: list[str] = Field(description="single figures, written {{name}}")
    lists: dict[str, list[str]] = Field(description="a row with {{list.column}} is repeated for each entry")


@router.get("")
def list_board_forms(user: Reader, session: Db) -> BoardForms:
    """The templates, newest first, and what they may ask for."""
    return BoardForms(
        forms=[BoardForm.model_validate(one) for one in _kept(_home(session, user))],
        names=sorted(board_forms.names()),
        lists={name: sorted(columns) for name, columns in board_forms.LISTS.items()},
    )


@router.post("", status_code=201)
def save_board_form(
    user: Exporter, session: Db, file: Annotated[UploadFile, File(description="an .xlsx with {{marks}}")]
) -> BoardForm:
    """Keep a template. What cannot be filled is refused by the name of its cell."""
    content = file.file.read()
    marks = forms.check(content, board_forms.names(), board_forms.LISTS)
    home = _home(session, user, lock=True)
    sha256 = files.store(user.jurisdiction_id, content)
    row: dict[str, Any] = {
        "sha256": sha256,
        "name": plain_name(file.filename),
        "saved_at": datetime.now(UTC).isoformat(),
        "officer_id": user.officer_id,
        "marks": marks,
    }
    others = [one for one in _kept(home) if one["sha256"] != sha256]
    if len(others) >= MOST:
        raise Conflict(
            "forms-full",
            zh="模板已有 {most} 个，请先删去不用的。",
            en="There are {most} templates: remove one first.",
            most=MOST,
        )
    home.settings = {**home.settings, SETTING: [row, *others]}
    record(session, user.jurisdiction_id, "form-saved", officer_id=user.officer_id, subject=row["name"])
    return BoardForm.model_validate(row)


@router.delete("/{sha256}", status_code=204)
def remove_board_form(sha256: Sha, user: Exporter, session: Db) -> None:
    """Take a template from the list."""
    home = _home(session, user, lock=True)
    row = _find(home, sha256)
    home.settings = {**home.settings, SETTING: [one for one in _kept(home) if one != row]}
    record(session, user.jurisdiction_id, "form-removed", officer_id=user.officer_id, subject=row["name"])


@router.get("/{sha256}/file.xlsx", response_class=Response, responses=_FILE)
def fill_board_form(sha256: Sha, user: Exporter, session: Db, asked: Asked) -> Response:
    """The template with the figures of a period. Each export leaves an audit entry."""
    place = user.jurisdiction_id
    home = _home(session, user)
    row = _find(home, sha256)
    values = board_forms.figures(session, place, _bureau(session, home), asked.since, asked.until)
    lists = board_forms.rows(session, place, asked.since, asked.until)
    mark = "练习 PRACTICE" if home.practice else "演示数据 DEMO" if home.demo else None
    content = forms.fill(files.read(place, sha256), values, lists, mark=mark)
    period = {"since": asked.since.isoformat(), "until": asked.until.isoformat()}
    record(session, place, "export", officer_id=user.officer_id, subject=row["name"], **period)
    name = quote(f"{row['name'].removesuffix('.xlsx')}-{asked.since:%Y%m%d}-{asked.until:%Y%m%d}.xlsx")
    disposition = f"attachment; filename=form.xlsx; filename*=UTF-8''{name}"
    return Response(content, media_type=MIME, headers={"Content-Disposition": disposition})


def _home(session: Session, user: User, *, lock: bool = False) -> Jurisdiction:
    query = queries.jurisdiction(user.jurisdiction_id)
    return session.scalars(query.with_for_update() if lock else query).one()


def _bureau(session: Session, home: Jurisdiction) -> str:
    bodies = session.scalars(queries.organisations(home.jurisdiction_id, kind="bureau"))
    return next((one.name for one in bodies), home.name)


def _kept(home: Jurisdiction) -> list[dict[str, Any]]:
    return list(home.settings.get(SETTING, ()))


def _find(home: Jurisdiction, sha256: str) -> dict[str, Any]:
    for one in _kept(home):
        if one["sha256"] == sha256:
            return one
    raise NotFound("board-form", zh="没有这个模板。", en="There is no such template.")
