"""Codes of cells, businesses, areas, industries, persons and documents: written, read, checked. Pure."""

from __future__ import annotations

from gridsup.codes.areas import Area, GridCode, format_grid, parse_area, parse_grid
from gridsup.codes.documents import DocumentNumber
from gridsup.codes.households import CellCode, CodeScheme, HouseholdCode
from gridsup.codes.industries import Industry, industries, parse_industry
from gridsup.codes.persons import IdNumber, mask_id, mask_name, mask_phone, parse_id_number, parse_phone
from gridsup.codes.text import Note, tidy
from gridsup.codes.uscc import (
    RegistrationNumber,
    Uscc,
    parse_registration,
    parse_registration_number,
    parse_uscc,
)

__all__ = [
    "Area",
    "CellCode",
    "CodeScheme",
    "DocumentNumber",
    "GridCode",
    "HouseholdCode",
    "IdNumber",
    "Industry",
    "Note",
    "RegistrationNumber",
    "Uscc",
    "format_grid",
    "industries",
    "mask_id",
    "mask_name",
    "mask_phone",
    "parse_area",
    "parse_grid",
    "parse_id_number",
    "parse_industry",
    "parse_phone",
    "parse_registration",
    "parse_registration_number",
    "parse_uscc",
    "tidy",
]
