"""The shape of a procedure pack: what a YAML file in ``packs/`` may say.

Nine concepts carry every regime: matter, action, approval, clock, interval, reaction, effect, rule table,
migration. These classes only describe; ``checker`` judges a pack, ``engine`` runs it.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Unit = Literal["H", "D", "WD", "M", "Y"]
SYSTEM = "system"
"""The post of the clockwork itself: reactions act under it, persons never do."""


class Strict(BaseModel):
    """No unknown key passes: a misspelt key in a pack is an error, never a silent no-op."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Words(Strict):
    """One text in both languages."""

    zh: str
    en: str


class Condition(Strict):
    """Exactly one of: a comparison (``fact``, ``op``, ``value``), ``all``, ``any``, ``not``.

    Evaluation is three-valued: an absent fact makes a comparison unknown, not false.
    """

    fact: str | None = None
    op: Literal["eq", "ne", "in", "not_in", "lt", "le", "gt", "ge", "known"] | None = None
    value: Any = None
    all: list[Condition] | None = None
    any: list[Condition] | None = None
    not_: Condition | None = Field(default=None, alias="not")

    @model_validator(mode="after")
    def _exactly_one_form(self) -> Condition:
        forms = [self.fact is not None, self.all is not None, self.any is not None, self.not_ is not None]
        if sum(forms) != 1:
            raise ValueError("a condition is exactly one of: a comparison, all, any, not")
        if (self.fact is None) != (self.op is None):
            raise ValueError("a comparison names a fact and an op")
        if self.op in ("in", "not_in") and not isinstance(self.value, list):
            raise ValueError(f"{self.op} compares with a list")
        return self


class RuleRef(Strict):
    """A row of a dated rule table, looked up by a date that the rule names."""

    table: Name
    row: str
    by: Literal["trigger", "act", "decision", "now"] = "trigger"


class Amount(Strict):
    """A length of time; negative counts backward from the start (a hearing notice before the hearing)."""

    n: int
    unit: Unit


class Crew(Strict):
    """How many officers act together, and what each must hold (行政处罚法 art. 42: two, qualified)."""

    count: int = Field(ge=2)
    qualification: Name | None = None


class Photos(Strict):
    """Photos that the form must carry; the 2–3 captioned file photos of P7-C2 are ``min: 2``."""

    min: int = 0
    max: int | None = None
    captions: bool = True


class Opens(Strict):
    """Opens a child matter. ``facts`` names the parent's facts that the child starts with."""

    pack: Name
    role: Name
    facts: list[Name] = []
    milestones: list[Name] = []
    """The parent's milestones that the child starts with, at their own instants (a clock may span both)."""
    awaits: bool = False
    """The parent takes no further person's action until this child has ended."""


class Action(Strict):
    """One act that persons (or the system) may do: from where to where, by whom, with which form."""

    title: Words
    from_: list[Name] = Field(alias="from", min_length=1)
    to: Name | None = None
    """The state after the act; None leaves the state as it is."""
    posts: list[Name] = Field(min_length=1)
    crew: Crew | None = None
    not_by: list[Name] = []
    """Actions whose doers, deputies included, anywhere in the matter's family, may not do this one."""
    waivable: bool = False
    """A dated decision of the bureau may lift ``not_by`` for a station too small for it (P10-R1)."""
    assigned: bool = False
    """Only the person or unit that the matter is assigned to (or its deputy) may act."""
    delegable: bool = True
    """False: no delegation letter gives this power (行政强制法 art. 17: measures of compulsion, P8-R1)."""
    when: Condition | None = None
    form: dict[str, Any] = {}
    """JSON Schema (draft 2020-12, type object). A property with ``x-fact: name`` sets that fact;
    ``x-when: condition`` shows the field only then; ``x-secret: true`` is encrypted before it is stored;
    ``x-milestone: name`` on a date or date-time marks that milestone at the date given (a hearing day)."""
    photos: Photos | None = None
    approval: Name | None = None
    """Takes effect only when this approval is complete; until then it is a proposal."""
    marks: list[Name] = []
    opens_interval: Name | None = None
    closes_interval: Name | None = None
    extends: Name | None = None
    """The clock that this act prolongs, by the extension whose ``by`` is the action's approval or post.
    Where that extension has no ``n``, the form's required integer ``term`` states it."""
    opens: list[Opens] = []
    effects: list[str] = []
    """Registered effects, ``package.name``; each ``decide`` runs once, its result goes into the event."""
    outcome: Name | None = None
    """What the matter ended as; only on actions into an end state."""
    batch: bool = True
    """May be done to many matters at once."""
    rules: list[str] = []


class State(Strict):
    """Where a matter stands. ``waits_for`` names who must move it on (a post, or ``child``)."""

    title: Words
    end: bool = False
    waits_for: Name | None = None
    column: Literal["new", "doing", "waiting", "done"] = "doing"


class Step(Strict):
    """One signature of an approval."""

    post: Name
    not_by: list[Name] = []


class Approval(Strict):
    """Proposal → signatures → effective once. The proposer never signs."""

    title: Words
    mode: Literal["chain", "all", "quorum"]
    quorum: int | None = None
    steps: list[Step] = Field(min_length=1)
    rules: list[str] = []


class Extension(Strict):
    """A permitted prolongation: ``n`` None means a fixed term that the approver states."""

    n: int | None
    unit: Unit
    by: Name
    """The approval or the post that grants it."""
    times: int = 1


class Clock(Strict):
    """A legal time limit: runs from a milestone, ends at any of ``stop``."""

    title: Words
    start: Name
    stop: list[Name] = Field(min_length=1)
    limit: Amount | RuleRef
    when: Condition | None = None
    """Applies only to matters where this is not false (P9-N1 only where a permit is needed)."""
    roll: Literal["next", "none"] = "next"
    exclude: list[Name] = []
    """Intervals whose union the clock subtracts."""
    extensions: list[Extension] = []
    cap: Amount | None = None
    owner: Name
    """The post that answers for it."""
    on_due: Name | None = None
    """A system action that the due instant brings about; None means it just becomes overdue."""
    warn: float = 0.8
    rules: list[str] = []


class Interval(Strict):
    """A named span that clocks may exclude (suspension, hearing, testing)."""

    title: Words


class Reaction(Strict):
    """What the parent does by itself when a child ends."""

    on: Literal["child_ended"]
    role: Name
    when: Condition | None = None
    """Over the child's facts and its ``outcome``."""
    do: Name


class Carried(Strict):
    """What the older version knew by a milestone alone: a matter in ``state`` that has reached ``reached``
    since it last reached ``since`` goes to ``to`` instead, and states ``facts``."""

    state: Name
    reached: Name
    since: Name
    to: Name
    facts: dict[Name, Any] = {}


class Migration(Strict):
    """A total map from an older version: every state, clock and milestone of it must be named."""

    from_version: int
    states: dict[Name, Name]
    clocks: dict[Name, Name | None]
    milestones: dict[Name, Name | None]
    carried: list[Carried] = []
    rules: list[str] = []


class Pack(Strict):
    """One version of one procedure."""

    id: Name
    version: int = Field(ge=1)
    title: Words
    effective_from: str
    effective_to: str | None = None
    sources: list[str] = []
    verified: bool = True
    """False while a text it rests on has not been read ([mem]); shown on screen."""
    facts: dict[Name, dict[str, Any]] = {}
    """JSON Schema of each fact that conditions may name."""
    opening: Name
    """The action that opens the matter; its ``from`` is the pseudo-state ``start``."""
    states: dict[Name, State]
    milestones: dict[Name, Words]
    actions: dict[Name, Action]
    approvals: dict[Name, Approval] = {}
    clocks: dict[Name, Clock] = {}
    intervals: dict[Name, Interval] = {}
    reactions: list[Reaction] = []
    migration: Migration | None = None


class RuleRow(Strict):
    """One dated row; ``value`` has the shape that the table's kind says."""

    id: str
    effective_from: str | None = None
    effective_to: str | None = None
    scope: dict[str, str] = {}
    value: dict[str, Any]
    source: str
    verified: bool = True
    bound: Literal["open", "at_most", "at_least", "fixed"] = "fixed"
    """What a bureau may set in place of a clock's value: anything where the text leaves it open; no more than
    a duty of its own; no less than a lead time that it owes; nothing where the term is the party's."""
    idle: Words | None = None
    """Why no procedure counts a clock's limit; such a row can be read and not set."""


class RuleTable(Strict):
    """A table of limits, ceilings, clocks or allocation: law that changes by date, apart from the steps."""

    table: Name
    version: int
    kind: Literal["clock", "ceiling", "limit", "allocation", "penalty"]
    by: Literal["trigger", "act", "decision"] | None = None
    """The date that chooses among a table's rows, where the clocks that use it do not name it themselves."""
    title: Words
    rows: list[RuleRow]
