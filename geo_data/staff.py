"""A list of officers (人员名册) as a spreadsheet: judged row by row, landed as a whole or not at all."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session

from geo_data.sheets import open_workbook
from geo_data.values import as_text, clean
from gridsup.codes import parse_phone
from gridsup.errors import FieldFault, Invalid
from gridsup.people import account_queries, accounts, postings, queries, service
from gridsup.people.audit import as_auth
from gridsup.procedures.pack import SYSTEM
from gridsup.procedures.posts import POSTS

COLUMNS = {
    "staff_no": "工号",
    "name": "姓名",
    "body": "所在机构",
    "phone": "手机号码",
    "certificate": "执法证号",
    "post": "岗位",
    "deputy": "B角工号",
    "username": "用户名",
}
"""Field → its column in the template."""
NEEDED = ("staff_no", "name", "body")
MOST = 2000
LONGEST = 200


@dataclass(slots=True)
class Row:
    """A row of the list: its number in the file, its cells by field, and what it came to."""

    number: int
    cells: dict[str, str]
    organisation_id: int = 0
    post: str | None = None
    faults: list[FieldFault] = field(default_factory=list)

    def bad(self, name: str, zh: str, en: str) -> None:
        """Refuse the row for a cell."""
        place = f"/rows/{self.number}/{name}"
        self.faults.append(FieldFault(place, f"第 {self.number} 行：{zh}", f"Row {self.number}: {en}"))


@dataclass(frozen=True, slots=True)
class Landed:
    """How many officers came in, and the one-time passwords of their accounts by user name."""

    officers: int
    passwords: dict[str, str]


def bring_in(
    session: Session, jurisdiction_id: int, path: Path, *, today: date, by: int | None = None
) -> Landed:
    """Add everybody on the list, with post (from today on), deputy and account where the row names them.

    Raises:
        Invalid: ``staff-rejected``: some rows are wrong, every one with its reasons, and nobody was added;
            ``staff-no-header``, ``staff-too-many``; those of :func:`geo_data.sheets.open_workbook`.
    """
    rows = read(path)
    judge(session, jurisdiction_id, rows)
    if faults := [fault for row in rows for fault in row.faults]:
        raise Invalid(
            "staff-rejected",
            zh="{bad} 行有误，未导入任何人。请改好后重新上传。",
            en="{bad} rows are wrong and nobody was added. Mend them and upload the list again.",
            faults=faults,
            bad=sum(1 for row in rows if row.faults),
        )
    return _land(session, jurisdiction_id, rows, today, by)


def read(path: Path) -> list[Row]:
    """The filled rows of the first sheet that has the columns."""
    for grid in open_workbook(path).grids:
        for at, line in enumerate(grid.rows):
            titles = [clean(as_text(cell) or "").removesuffix("*") for cell in line]
            where = {name: titles.index(title) for name, title in COLUMNS.items() if title in titles}
            if not where.keys() >= set(NEEDED):
                continue
            rows = []
            for number, cells in enumerate(grid.rows[at + 1 :], start=at + 2):
                told = {name: clean(as_text(cells[j]) or "") for name, j in where.items() if j < len(cells)}
                if any(told.values()):
                    rows.append(Row(number, {name: told.get(name, "") for name in COLUMNS}))
            return _some(rows)
    raise Invalid(
        "staff-no-header",
        zh="没有找到“工号、姓名、所在机构”三列，请使用模板。",
        en="The columns 工号, 姓名, 所在机构 were not found. Use the template.",
    )


def _some(rows: list[Row]) -> list[Row]:
    if not rows:
        raise Invalid("staff-empty", zh="表中没有人员。", en="The list names nobody.")
    if len(rows) > MOST:
        raise Invalid(
            "staff-too-many",
            zh="一次最多导入 {most} 人，请分开上传。",
            en="At most {most} people at a time; split the list.",
            most=MOST,
        )
    return rows


def judge(session: Session, jurisdiction_id: int, rows: list[Row]) -> None:
    """Write into every row what is wrong with it; the others know their body and post."""
    bodies = _bodies(session, jurisdiction_id)
    posts = {words.zh: name for name, words in POSTS.items() if name != SYSTEM} | {
        name: name for name in POSTS if name != SYSTEM
    }
    numbers = Counter(row.cells["staff_no"] for row in rows)
    names = Counter(accounts.normal(row.cells["username"]) for row in rows)
    wanted = {*numbers, *(row.cells["deputy"] for row in rows)}
    there = {
        one.staff_no: one.active
        for one in session.scalars(queries.officers_by_staff_no(jurisdiction_id, wanted))
    }
    with as_auth(session):
        taken = set(session.scalars(account_queries.usernames(jurisdiction_id, names)))
    for row in rows:
        _check_person(row, numbers, there)
        _check_place(row, bodies, posts)
        _check_deputy(row, numbers, there)
        _check_username(row, names, taken)


def _bodies(session: Session, jurisdiction_id: int) -> dict[str, list[int]]:
    """Code or name → the bodies that have it."""
    found: dict[str, list[int]] = {}
    for one in session.scalars(queries.organisations(jurisdiction_id)):
        for word in {one.code, one.name}:
            found.setdefault(word, []).append(one.id)
    return found


def _check_person(row: Row, numbers: Counter[str], there: dict[str, bool]) -> None:
    for name in NEEDED:
        if not row.cells[name]:
            row.bad(name, f"缺少{COLUMNS[name]}。", f"{COLUMNS[name]} is missing.")
    for name, value in row.cells.items():
        if len(value) > LONGEST:
            row.bad(name, f"{COLUMNS[name]}过长。", f"{COLUMNS[name]} is too long.")
    number, phone = row.cells["staff_no"], row.cells["phone"]
    if number in there:
        row.bad("staff_no", f"工号“{number}”已被使用。", f"The staff number {number} is taken.")
    elif number and numbers[number] > 1:
        row.bad("staff_no", f"工号“{number}”在表中重复。", f"The staff number {number} stands twice.")
    if phone:
        try:
            parse_phone(phone)
        except Invalid as refusal:
            row.bad("phone", refusal.text("zh"), refusal.text("en"))


def _check_place(row: Row, bodies: dict[str, list[int]], posts: dict[str, str]) -> None:
    body, post = row.cells["body"], row.cells["post"]
    found = bodies.get(body, [])
    if len(found) == 1:
        row.organisation_id = found[0]
    elif body and not found:
        row.bad("body", f"没有名称或代码为“{body}”的机构。", f"No body has the name or code {body}.")
    elif body:
        row.bad("body", f"有多个机构叫“{body}”，请填代码。", "Several bodies have this name; give the code.")
    row.post = posts.get(post)
    if post and row.post is None:
        row.bad(
            "post",
            f"没有“{post}”这个岗位，可填的见模板的“可填内容”页。",
            f"There is no post {post}; the sheet 可填内容 of the template lists them.",
        )


def _check_deputy(row: Row, numbers: Counter[str], there: dict[str, bool]) -> None:
    deputy = row.cells["deputy"]
    if not deputy:
        return
    if not row.cells["post"]:
        row.bad("deputy", "填了 B 角，也须填岗位。", "A deputy needs a post to stand in for.")
    if deputy == row.cells["staff_no"]:
        row.bad("deputy", "B 角不能是本人。", "Nobody deputises for themselves.")
    elif not there.get(deputy) and not numbers[deputy]:
        row.bad("deputy", f"没有工号为“{deputy}”的在职人员。", f"Nobody in service has the number {deputy}.")


def _check_username(row: Row, names: Counter[str], taken: set[str]) -> None:
    name = accounts.normal(row.cells["username"])
    if not name:
        return
    if not accounts.is_username(name):
        row.bad(
            "username",
            "用户名须为 2 至 60 个字符，不含空格和 / : @。",
            "A user name has 2 to 60 characters, no blanks, / : @.",
        )
    elif name in taken:
        row.bad("username", f"用户名“{name}”已被使用。", f"The user name {name} is taken.")
    elif names[name] > 1:
        row.bad("username", f"用户名“{name}”在表中重复。", f"The user name {name} stands twice.")


def _land(session: Session, jurisdiction_id: int, rows: list[Row], today: date, by: int | None) -> Landed:
    held: list[tuple[int, str]] = []
    passwords: dict[str, str] = {}
    ids: dict[str, int] = {}
    for row in rows:
        cells, certificate = row.cells, row.cells["certificate"]
        officer = service.add_officer(
            session,
            jurisdiction_id,
            staff_no=cells["staff_no"],
            name=cells["name"],
            organisation_id=row.organisation_id,
            phone=cells["phone"] or None,
            qualifications=[{"name": "enforcement", "number": certificate}] if certificate else [],
            by=by,
        )
        ids[officer.staff_no] = officer.id
        if row.post:
            posting = postings.add_posting(
                session,
                jurisdiction_id,
                officer_id=officer.id,
                organisation_id=row.organisation_id,
                post=row.post,
                valid_from=today,
                by=by,
            )
            held.append((posting.id, cells["deputy"]))
        if cells["username"]:
            name = accounts.normal(cells["username"])
            passwords[name] = accounts.create_account(session, jurisdiction_id, officer.id, name, by=by)
    wanted = {deputy for _, deputy in held if deputy}
    before = session.scalars(queries.officers_by_staff_no(jurisdiction_id, wanted - ids.keys()))
    ids |= {one.staff_no: one.id for one in before}
    for posting_id, deputy in held:
        if deputy:
            postings.set_deputy(session, jurisdiction_id, posting_id, ids[deputy], by=by)
    return Landed(len(rows), passwords)
