"""A pack is of one moment: what happens to the claim while it is gathered is in all of it, or in nothing."""

import threading

from sqlalchemy import event

from portal.db import db
from portal.proof.collecting import proof
from tests.portal.reviews.filing import REVIEWER, Filing

INES = "incentives@contoso.example"


def test_what_happens_while_a_pack_is_gathered_is_in_all_of_it(filing: Filing) -> None:
    number = filing.under_review()
    approving = threading.Thread(target=filing.do, args=("approve", number, REVIEWER))

    def approve_once(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        """Approve the claim when it was read and its events were not."""
        reads = "FROM audit_events" in statement and "ORDER BY audit_events.place" in statement
        if reads and approving.ident is None and threading.current_thread() is threading.main_thread():
            approving.start()
            approving.join()

    with filing.context():
        event.listen(db.engine, "before_cursor_execute", approve_once)
        found = proof(db.session(), filing.desk, number, filing.actors[INES])
        event.remove(db.engine, "before_cursor_execute", approve_once)
        status, label = found.claim.status, found.standing.status_label
    assert filing.claim(number).status == "approved"
    told = [one.to_status for one in found.events if one.to_status]
    assert told[-1] == status
    assert [one.status for one in found.entries if one.status][-1] == status
    assert (status, label) in {("under_review", "Under review"), ("approved", "Approved")}
