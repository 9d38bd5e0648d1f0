"""The bill of the demo's scenes: what a buyer finds on every page of every role."""

from __future__ import annotations

from geo_data.demo import cases, families, office, together
from geo_data.demo.cases import Case
from geo_data.demo.stage import Scene, Stage

CASES = (
    # station, stage reached, working days since, fine
    (0, "prolonged", 1, "20000"),
    (1, "prolonged", 2, "20000"),
    (0, "proposed", 0, "20000"),
    (0, "station_signed", 0, "20000"),
    (1, "station_signed", 1, "20000"),
    (0, "investigating", 3, "20000"),
    (0, "reviewing", 1, "20000"),
    (2, "reviewed", 1, "20000"),
    (0, "notified", 2, "10000"),
    (1, "asked", 1, "20000"),
    (0, "hearing", 2, "20000"),
    (2, "rereview", 1, "20000"),
    (0, "deciding", 1, "10000"),
    (0, "to_sign", 0, "20000"),
    (1, "to_sign", 1, "60000"),
    (0, "decided", 0, "10000"),
    (0, "executing", 6, "10000"),
    (2, "executing", 22, "20000"),
    (0, "performed", 1, "10000"),
    (0, "closing", 1, "10000"),
    (1, "closing", 2, "20000"),
    (2, "closed", 3, "10000"),
)


def all_of(stage: Stage) -> list[Scene]:
    """Every scene; those that others rely on come first."""
    return [
        office.set_up(stage),
        office.letters(stage),
        office.signing_for_another(stage),
        office.absences(stage),
        office.rotation(stage),
        families.to_the_closed_file(stage, 0),
        families.referral_sent_back(stage, 0),
        families.referral_returned(stage, 0, settled=False),
        families.referral_returned(stage, 1, settled=True),
        families.answered_on_paper(stage, 1),
        *(families.supported(stage, i, upto) for i, upto in enumerate(("asked", "under_way", "confirmed"))),
        families.permits_lost(stage),
        families.unmatched(stage),
        cases.being_rectified(stage, 0, 3, amended=True),
        cases.being_rectified(stage, 1, 9),
        cases.rectified(stage, 0, 10),
        cases.on_the_spot(stage, 0, 2, "decided", refused=True),
        cases.on_the_spot(stage, 1, 9, "paid"),
        cases.on_the_spot(stage, 0, 7, "proposed"),
        cases.on_the_spot(stage, 2, 8, "proposed"),
        cases.on_the_spot(stage, 0, 16, "closed"),
        families.seized(stage, 0, "proposed"),
        families.seized(stage, 1, "held"),
        families.seized(stage, 2, "preserved"),
        *(Case(stage, station, upto, rest, fine=fine).play() for station, upto, rest, fine in CASES),
        together.bulletins(stage),
        together.campaigns(stage),
        together.applications(stage),
        together.conferences(stage),
    ]
