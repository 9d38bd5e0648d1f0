"""Permissions, and which posts carry them. A permission lets one call a route; the pack decides who acts."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Permission(StrEnum):
    """What a route asks for. The value is what a token lists."""

    SELF = "self"
    """One's own session, password, tokens: everybody signed in, also before the first password change."""
    EVENTS = "events:listen"
    MATTERS_READ = "matters:read"
    """Matters of one's own body; :attr:`MATTERS_READ_ALL` widens it to the whole bureau."""
    MATTERS_READ_ALL = "matters:read-all"
    MATTERS_ACT = "matters:act"
    FINDINGS_REPORT = "findings:report"
    PROCEDURES_READ = "procedures:read"
    CELLS_READ = "cells:read"
    CELLS_EDIT = "cells:edit"
    CELLS_ASSIGN = "cells:assign"
    DIVISION_PLAN = "division:plan"
    """Make, edit and compare drafts of a new division."""
    DIVISION_ENACT = "division:enact"
    """Bring a draft into force, or set its day: the bureau's own decision."""
    BUSINESSES_READ = "businesses:read"
    BUSINESSES_EDIT = "businesses:edit"
    PERSONS_UNMASK = "persons:unmask"
    """Show one masked ID or phone number, with a reason; each time leaves an audit entry."""
    VISITS_READ = "visits:read"
    VISITS_WRITE = "visits:write"
    DOCUMENTS_READ = "documents:read"
    DOCUMENTS_ISSUE = "documents:issue"
    """Issue, print, serve and amend papers."""
    DOCUMENTS_SEAL = "documents:seal"
    """Put the seal in, bind the sealed scan, keep the images of seals."""
    DOCUMENTS_SEAL_WAYS = "documents:seal-ways"
    """Choose how each kind of paper is sealed (用印方式) in the whole bureau: its heads, and who keeps its
    records."""
    DOCUMENTS_VOID = "documents:void"
    PRINTS_READ = "documents:prints"
    """The central printing log."""
    ATTACHMENTS_READ = "attachments:read"
    ATTACHMENTS_UPLOAD = "attachments:upload"
    BOARD_READ = "board:read"
    EXPORTS_MAKE = "exports:make"
    IMPORTS_RUN = "imports:run"
    PEOPLE_READ = "people:read"
    PEOPLE_EDIT = "people:edit"
    AUDIT_READ = "audit:read"
    LEAVES_EDIT = "leaves:edit"
    """Enter leave: a station's head for the station's people, who keeps the register for everybody."""
    DELEGATIONS_EDIT = "delegations:edit"
    """Write, announce and end delegation letters."""
    PRACTICE = "practice:use"
    """Practise in a copy (练习模式)."""
    APPRAISALS_READ = "appraisals:read"
    """The appraisal of everybody: figures, rows, objections."""
    APPRAISALS_OWN = "appraisals:own"
    """One's own results (a station head: those of the station), and objections to one's own."""
    APPRAISALS_ISSUE = "appraisals:issue"
    """Issue an appraisal, answer objections."""
    REVIEWS_READ = "reviews:read"
    """Draws of closed files and how they were judged."""
    REVIEWS_DRAW = "reviews:draw"
    """Draw closed files, name reviewers, order corrections, accept them."""
    REVIEWS_OWN = "reviews:own"
    """Judge the files that one was given; answer orders on one's own files."""
    LIMITS_SET = "limits:set"
    """Set the limits that the law leaves to the bureau (环节期限)."""
    CALENDAR_READ = "calendar:read"
    CALENDAR_SET = "calendar:set"
    """Enter a year's holiday notice (放假通知): who sets limits, and who keeps the platform."""
    SPOTCHECKS_RUN = "spotchecks:run"
    """Draw spot checks (督查抽查), see all their results, rule on differences."""
    SPOTCHECKS_OWN = "spotchecks:own"
    """Make the second visits given to oneself, and explain differences in one's own visits."""
    MATTERS_URGE = "matters:urge"
    """See what is or will be late (预警督办) and urge who holds it; a station's head within the station."""


P = Permission
_GUEST = {
    P.SELF,
    P.EVENTS,
    P.MATTERS_READ,
    P.MATTERS_ACT,
    P.PROCEDURES_READ,
    P.DOCUMENTS_READ,
    P.ATTACHMENTS_READ,
    P.ATTACHMENTS_UPLOAD,
    P.PRACTICE,
}
"""Another department's liaison: the matters sent to that department, and nothing of the register."""
_STAFF = _GUEST | {
    P.MATTERS_READ_ALL,
    P.APPRAISALS_OWN,
    P.REVIEWS_OWN,
    P.CELLS_READ,
    P.BUSINESSES_READ,
    P.VISITS_READ,
    P.PEOPLE_READ,
    P.SPOTCHECKS_OWN,
    P.CALENDAR_READ,
}
_PATROL = _STAFF | {
    P.FINDINGS_REPORT,
    P.VISITS_WRITE,
    P.BUSINESSES_EDIT,
    P.PERSONS_UNMASK,
    P.DOCUMENTS_ISSUE,
}
_WATCH = _STAFF | {P.BOARD_READ, P.EXPORTS_MAKE, P.PRINTS_READ}
_DESK = _PATROL | _WATCH
_DIVIDE = {P.DIVISION_PLAN, P.DIVISION_ENACT}
_SUPERVISE = {P.SPOTCHECKS_RUN, P.MATTERS_URGE}
_RULES = {P.LIMITS_SET, P.CALENDAR_SET, P.DELEGATIONS_EDIT}
_QUALITY = {P.REVIEWS_READ, P.REVIEWS_DRAW, P.APPRAISALS_READ}
_APPRAISE = _QUALITY | {P.APPRAISALS_ISSUE}
_HEADS = {P.PERSONS_UNMASK, P.DOCUMENTS_ISSUE, P.DOCUMENTS_SEAL, P.DOCUMENTS_SEAL_WAYS, P.DOCUMENTS_VOID}

ROLES: dict[str, frozenset[Permission]] = {
    "inspector": frozenset(_PATROL),
    "enforcement": frozenset(_PATROL),
    "general": frozenset(_DESK | {P.DOCUMENTS_SEAL, P.IMPORTS_RUN}),
    "station_head": frozenset(
        _DESK
        | {P.DOCUMENTS_SEAL, P.DOCUMENTS_VOID, P.CELLS_ASSIGN, P.DIVISION_PLAN, P.MATTERS_URGE}
        | {P.LEAVES_EDIT}
    ),
    "dispatcher": frozenset(
        _DESK | _SUPERVISE | {P.DOCUMENTS_SEAL, P.IMPORTS_RUN, P.CELLS_EDIT, P.CELLS_ASSIGN, P.DIVISION_PLAN}
    ),
    "brigade": frozenset(_PATROL | {P.BOARD_READ}),
    "section": frozenset(_PATROL),
    "legal": frozenset(
        _STAFF
        | {
            P.REVIEWS_READ,
            P.DOCUMENTS_ISSUE,
            P.DOCUMENTS_VOID,
            P.PRINTS_READ,
            P.PERSONS_UNMASK,
            P.BOARD_READ,
            P.LIMITS_SET,
            P.CALENDAR_SET,
            P.DELEGATIONS_EDIT,
        }
    ),
    "deputy_head": frozenset(_WATCH | _SUPERVISE | _APPRAISE | _HEADS | _RULES | _DIVIDE),
    "bureau_head": frozenset(_WATCH | _SUPERVISE | _APPRAISE | _HEADS | _RULES | _DIVIDE),
    "liaison": frozenset(_GUEST),
    "efficiency": frozenset(_WATCH | _SUPERVISE),
    "supervision": frozenset(_WATCH | _SUPERVISE | _QUALITY | {P.AUDIT_READ}),
    "manager": frozenset(_WATCH | _SUPERVISE | _APPRAISE | _RULES | _DIVIDE),
    "records": frozenset(_STAFF | {P.EXPORTS_MAKE, P.DOCUMENTS_SEAL, P.DOCUMENTS_SEAL_WAYS, P.PRINTS_READ}),
    "it": frozenset(
        _STAFF | {P.IMPORTS_RUN, P.CELLS_EDIT, P.PEOPLE_EDIT, P.LEAVES_EDIT, P.DIVISION_PLAN, P.CALENDAR_SET}
    ),
    "admin": frozenset(
        {P.SELF, P.EVENTS, P.PROCEDURES_READ, P.CELLS_READ, P.PEOPLE_READ, P.PEOPLE_EDIT, P.CELLS_ASSIGN}
        | {P.CELLS_EDIT, P.IMPORTS_RUN, P.BUSINESSES_READ, P.AUDIT_READ, P.LEAVES_EDIT}
        | {P.CALENDAR_READ, P.CALENDAR_SET}
    ),
}
"""Post → permissions. A post that is not here carries :attr:`Permission.SELF` alone."""


def permissions_of(posts: Iterable[str]) -> frozenset[Permission]:
    """The union of what the posts carry; :attr:`Permission.SELF` always."""
    return frozenset({Permission.SELF}).union(*(ROLES.get(post, frozenset()) for post in posts))
