"""A mail about a claim goes to nobody who may not see it, when it is left and when it is handed over."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from portal.accounts.model import Location, Organization, Person, PersonLocation, PersonRole
from portal.audit.model import AuditEvent
from portal.claims.model import Claim
from portal.db import db, transaction
from portal.notifications.model import OutboxMessage
from portal.work.outbox import deliver
from tests import factories
from tests.portal.claims.test_mails import mails_to
from tests.portal.reviews.filing import REVIEWER, Filing

INES, BILLING, GLORIA = (f"{name}@contoso.example" for name in ("incentives", "billing", "global"))
REVIEWER2 = "reviewer2@operator.example"
WORDS = "Send the second page."


def keep_to_munich(filing: Filing, email: str) -> None:
    """Restrict somebody of Contoso to a location that no claim is of."""
    with filing.context(), transaction() as session:
        person = session.scalars(select(Person).where(Person.email == email)).one()
        known = session.scalars(select(Location).where(Location.name == "Munich")).first()
        munich = known or factories.location(session, person.organization, name="Munich")
        session.add(PersonLocation(person_id=person.id, location_id=munich.id))


def let_go(filing: Filing, email: str) -> None:
    with filing.context(), transaction() as session:
        session.execute(update(Person).where(Person.email == email).values(active=False))


def ask(filing: Filing, number: str) -> None:
    filing.do("request_information", number, REVIEWER, reason="missing_all_poe", message=WORDS)


def later(filing: Filing) -> None:
    """Let a minute pass, so that what follows has a moment of its own and no earlier mail stands for it."""
    filing.clock.set(filing.clock.now() + timedelta(minutes=1))


def begun(filing: Filing) -> bool:
    """Tell whether the time that waits for the mail has begun."""
    with filing.context():
        return bool(db.session.scalars(select(AuditEvent.id).where(AuditEvent.action == "told")).all())


class Down:
    """A mail server that takes nothing."""

    sender = "claims@operator.example"

    def send(self, message: object) -> None:
        raise OSError("the server is down")


def told(filing: Filing, words: str = WORDS) -> set[str]:
    """Return who was sent a mail with these words."""
    found = [INES, BILLING, GLORIA, REVIEWER, REVIEWER2, "mia@contoso.example", "incentives@fabrikam.example"]
    return {address for address in found if any(words in mail.text for mail in mails_to(filing, address))}


def test_whoever_was_restricted_to_another_location_is_told_nothing_more(filing: Filing) -> None:
    number = filing.under_review()
    keep_to_munich(filing, INES)
    ask(filing, number)
    assert told(filing) == {GLORIA}, "who looks after the people, and sees the claim, is told instead"


def test_in_their_place_nobody_is_told_who_may_not_see_the_claim(filing: Filing) -> None:
    with filing.context(), transaction() as session:
        owner = session.scalars(select(Organization).where(Organization.name == "Contoso")).one()
        factories.person(session, owner, "global_admin", account="mia")
    keep_to_munich(filing, "mia@contoso.example")
    number = filing.under_review()
    let_go(filing, INES)
    ask(filing, number)
    assert told(filing) == {GLORIA}


@pytest.mark.parametrize("contact", ["incentives@fabrikam.example", REVIEWER2])
def test_a_contact_with_an_account_of_somebody_else_is_told_nothing(filing: Filing, contact: str) -> None:
    number = filing.under_review()
    with filing.context(), transaction() as session:
        session.execute(update(Claim).values(own_contact_email=contact))
    ask(filing, number)
    assert told(filing) == {INES}


def test_a_reviewer_who_is_one_no_more_is_told_nothing_and_the_others_are(filing: Filing) -> None:
    number = filing.under_review()
    with filing.context(), transaction() as session:
        rita = session.scalars(select(Person).where(Person.email == REVIEWER)).one()
        for role in list(rita.roles):
            rita.roles.remove(role)
        rita.roles.append(PersonRole(role="policy_owner"))
    filing.do("comment", number, INES, message=WORDS)
    assert REVIEWER not in told(filing)
    assert REVIEWER2 in told(filing)


@pytest.mark.parametrize("change", [let_go, keep_to_munich])
def test_a_mail_that_waited_goes_to_those_who_may_read_it_then_and_starts_their_time(
    filing: Filing, change: Callable[[Filing, str], None]
) -> None:
    number = filing.under_review()
    later(filing)
    server, filing.desk = filing.desk, replace(filing.desk, committed=lambda: None)
    filing.do("reject", number, REVIEWER, reason="insufficient_poe", message=WORDS)
    change(filing, INES)
    assert not begun(filing)
    with filing.context():
        assert deliver(server).overtaken == 0
    assert told(filing) == {GLORIA}
    assert begun(filing)


def test_a_mail_that_nobody_may_read_waits_for_somebody_who_may(filing: Filing) -> None:
    number = filing.under_review()
    later(filing)
    server, filing.desk = filing.desk, replace(filing.desk, committed=lambda: None)
    filing.do("reject", number, REVIEWER, reason="insufficient_poe", message=WORDS)
    for email in (INES, GLORIA):
        let_go(filing, email)
    with filing.context():
        assert deliver(server).failed == 1
    assert told(filing) == set()
    assert not begun(filing), "nobody was told, so nobody's time runs"
    with filing.context(), transaction() as session:
        session.execute(update(Person).where(Person.email == GLORIA).values(active=True))
        session.execute(update(OutboxMessage).where(OutboxMessage.state == "failed").values(state="waiting"))
    filing.wait(1)
    with filing.context():
        deliver(server)
    assert begun(filing)
    assert told(filing) == {GLORIA}


def test_a_mail_that_was_dropped_tells_nobody_so_the_other_one_goes_on(filing: Filing) -> None:
    number = filing.under_review()
    later(filing)
    with filing.context(), transaction() as session:
        session.execute(update(Claim).values(own_contact_email=BILLING))
    server, filing.desk = filing.desk, replace(filing.desk, committed=lambda: None)
    filing.do("reject", number, REVIEWER, reason="insufficient_poe", message=WORDS)
    let_go(filing, INES)
    with filing.context():
        deliver(server, Down())
    let_go(filing, BILLING)
    filing.wait(1)
    with filing.context():
        deliver(server)
    assert told(filing) == {GLORIA}
    assert begun(filing)


def test_a_comment_follows_the_claim_to_the_reviewer_who_has_it_now(filing: Filing) -> None:
    number = filing.submitted()
    later(filing)
    server, filing.desk = filing.desk, replace(filing.desk, committed=lambda: None)
    filing.do("comment", number, INES, message=WORDS)
    filing.do("start_review", number, REVIEWER)
    with filing.context():
        deliver(server, Down())
    filing.do(
        "reassign", number, REVIEWER, reviewer=str(filing.actors[REVIEWER2].person_id), message="Leave."
    )
    filing.wait(1)
    with filing.context():
        deliver(server)
    assert REVIEWER2 in told(filing)


def test_a_mail_that_waited_is_dropped_where_everybody_else_has_their_own(filing: Filing) -> None:
    number = filing.under_review()
    with filing.context(), transaction() as session:
        session.execute(update(Claim).values(own_contact_email=BILLING))
    server, filing.desk = filing.desk, replace(filing.desk, committed=lambda: None)
    ask(filing, number)
    let_go(filing, INES)
    with filing.context():
        assert deliver(server).overtaken == 1
        dropped = db.session.scalars(select(OutboxMessage).where(OutboxMessage.recipient == INES)).all()[-1]
        assert (dropped.state, dropped.error) == (
            "overtaken",
            "Somebody else is told instead, so this mail was not sent.",
        )
    assert told(filing) == {BILLING}
