"""How the comparison of a draft with today's cells is answered."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, Field

from api.redivision_shapes import fields_of
from gridsup.redivision.compare import Comparison, Load, Move


class LoadView(BaseModel):
    cells: int
    area_m2: float
    businesses: int
    open_matters: int
    workload: float = Field(description="share of the whole, 0 to 1")
    visits: int = Field(description="in the months asked, as are the next two")
    findings: int
    matters: int = Field(description="handled: open now or ended in those months")


class ExchangeView(BaseModel):
    businesses: int
    area_m2: float
    open_matters: int


class InspectorSides(BaseModel):
    officer_id: int | None = Field(description="null: cells that nobody is responsible for")
    officer: str | None
    today: LoadView
    draft: LoadView
    gains: ExchangeView
    loses: ExchangeView


class HeirView(BaseModel):
    old_cell_id: int
    old_code: str
    label: int
    title: str
    share: float = Field(description="of the present cell's ground, 0 to 1")
    businesses: int


class DraftCellLoad(BaseModel):
    label: int
    title: str
    code: str | None = Field(description="null: the station's next number, given when it comes into force")
    officer_id: int | None
    load: LoadView


class PresentCellLoad(BaseModel):
    cell_id: int
    code: str
    officer_id: int | None
    load: LoadView


class ComparisonView(BaseModel):
    version: int
    months: float
    businesses: int
    code_changes: int
    officer_changes: int
    outside: int = Field(description="businesses that would lie in no cell; such a draft is refused")
    inspectors: list[InspectorSides]
    heirs: list[HeirView]
    cells_today: list[PresentCellLoad]
    cells_draft: list[DraftCellLoad]


class MoveView(BaseModel):
    business_id: int
    name: str
    old_code: str
    old_cell_id: int
    label: int | None = Field(description="of its cell in the draft")
    new_cell_code: str | None = Field(description="null: a cell without a number yet")
    old_officer_id: int | None
    old_officer: str | None
    new_officer_id: int | None
    new_officer: str | None
    code_changes: bool
    officer_changes: bool


def comparison(compared: Comparison, months: float) -> ComparisonView:
    moves = compared.moves
    sides, old, new = compared.inspectors(months)
    who = compared.names()
    code = {cell.id: cell.code for cell in compared.present}
    board = compared.board
    return ComparisonView(
        version=compared.draft.version,
        months=months,
        businesses=len(moves),
        code_changes=sum(move.code_changes for move in moves),
        officer_changes=sum(move.officer_changes for move in moves),
        outside=sum(move.label is None for move in moves),
        inspectors=[
            InspectorSides(
                officer_id=side.officer_id,
                officer=who.get(side.officer_id) if side.officer_id is not None else None,
                today=_load(side.today),
                draft=_load(side.draft),
                gains=ExchangeView(**fields_of(side.gains)),
                loses=ExchangeView(**fields_of(side.loses)),
            )
            for side in sides
        ],
        heirs=[
            HeirView(
                old_cell_id=heir.old_cell_id,
                old_code=code[heir.old_cell_id],
                label=heir.label,
                title=board.cells[heir.label].title,
                share=heir.share,
                businesses=heir.businesses,
            )
            for heir in compared.heirs_of(moves)
        ],
        cells_today=[
            PresentCellLoad(
                cell_id=cell.id,
                code=cell.code,
                officer_id=compared.owner.get(cell.id),
                load=_load(old[cell.id]),
            )
            for cell in compared.present
        ],
        cells_draft=[
            DraftCellLoad(
                label=label,
                title=board.cells[label].title,
                code=compared.codes[label],
                officer_id=compared.officer[label],
                load=_load(new[label]),
            )
            for label in compared.labels
        ],
    )


def move(one: Move, who: Mapping[int, str]) -> MoveView:
    return MoveView(
        **fields_of(one),
        old_officer=who.get(one.old_officer_id or 0),
        new_officer=who.get(one.new_officer_id or 0),
        officer_changes=one.officer_changes,
    )


def _load(load: Load) -> LoadView:
    return LoadView(**fields_of(load))
