"""What phones noted, for the story of a matter: by the event that it stands beside."""

from __future__ import annotations

from sqlalchemy.orm import Session

from gridsup.patrols import device, queries
from gridsup.procedures.pack import Words


def remarks(session: Session, jurisdiction_id: int, matter_id: int) -> dict[int, list[Words]]:
    """Sequence number of an event → remarks; the finding's stand beside the opening (1)."""
    notes = session.execute(queries.device_notes(jurisdiction_id, matter_id))
    found = {seq: device.remarks(noted) for seq, noted in notes}
    finding = session.scalar(queries.finding_of_matter(jurisdiction_id, matter_id))
    if finding is not None:
        found[1] = device.remarks(finding.device, finding.accuracy_m)
    return found
