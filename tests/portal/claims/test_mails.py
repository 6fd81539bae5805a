"""What mails about claims say, where what people typed meets the words of the policy."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from portal.accounts.model import Person
from portal.claims.mails import write_mail
from portal.claims.model import Claim, ConsentLink
from portal.db import db, transaction
from portal.notifications.model import OutboxMessage
from portal.work.outbox import deliver
from portal.work.sweep import sweep
from tests.conftest import ROOT
from tests.journeys.mailbox import Mail
from tests.portal.reviews.filing import REVIEWER, REVIEWER2, Filing
from tests.whole_app.rewriting import rewritten

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
INES, CASEY, ADMIN = "incentives@contoso.example", "casey@adatum.example", "admin@operator.example"


@pytest.fixture
def rules_dir(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The rules as they are; for the tests that say so, with a zone without a name, or names in a subject."""

    def name_the_claim(content: dict[str, Any]) -> None:
        content["events"]["submit"][0]["subject"] = "About {claim.name} of {partner.name}"

    if "without_words_for_its_zone" in request.node.name:
        changes = {"policy.yaml": lambda content: content.pop("time_zone_label")}
    elif "named_like_a_placeholder" in request.node.name:
        changes = {"notifications.yaml": name_the_claim}
    else:
        return ROOT / "rules"
    return rewritten(ROOT / "rules", tmp_path / "rules", changes)


def test_a_claim_named_like_a_placeholder_is_not_filled_in_again(filing: Filing) -> None:
    number = filing.draft()
    filing.do("edit", number, INES, name="{customer.name} {claim.number}")
    filing.do("submit", number, INES)

    subject = mail_to(filing, INES, "About").subject
    assert subject.startswith("About {customer.name} {claim.number} of Contoso")


def mails_to(filing: Filing, address: str) -> list[Mail]:
    """Return every mail to `address` as its recipient reads it."""
    found = [Mail.read(path.read_bytes()) for path in filing.desk.settings.mail_dir.glob("*.eml")]
    return [mail for mail in found if mail.to == address]


def mail_to(filing: Filing, address: str, subject: str) -> Mail:
    """Return the one mail to `address` whose subject begins so."""
    [found] = [mail for mail in mails_to(filing, address) if mail.subject.startswith(subject)]
    return found


def words(mail: Mail) -> str:
    return " ".join(mail.text.split())


def test_a_mail_that_comes_late_names_no_deadline_of_what_came_since(filing: Filing) -> None:
    number = filing.under_review()
    filing.wait(1)
    filing.do("request_information", number, REVIEWER, reason="missing_all_poe", message="Send it.")
    asked_at = filing.clock.now()
    filing.wait(30)
    with filing.context():
        sweep(filing.desk)  # nobody answered, so a window to dispute runs now
    late, in_time = (request_of_information(filing, at) for at in (filing.clock.now(), asked_at))
    assert late.startswith(
        "This happened on Tuesday 24 November 2026, and the claim has moved on since; its status is told "
        "below. The reviewer needs more information."
    )
    assert "What to do next Open the claim to see what can be done now. Open the claim:" in late
    assert "Deadline" not in late
    assert "before the date shown below" not in late
    # What was sent in time is previewed with the words it had.
    assert "before the date shown below" in in_time
    assert "moved on" not in in_time


def request_of_information(filing: Filing, at: datetime) -> str:
    asked = select(OutboxMessage).where(
        OutboxMessage.event == "request_information", OutboxMessage.recipient == INES
    )
    with filing.context():
        message = db.session.scalars(asked).one()
        return " ".join(write_mail(db.session(), filing.desk, message, at).text.split())


def test_a_deadline_begins_with_its_last_day_in_words(filing: Filing) -> None:
    number = filing.under_review()
    filing.do("reject", number, REVIEWER, reason="insufficient_poe", message="Page 2 is missing.")

    started = mail_to(filing, INES, "The review of your claim started")
    rejected = mail_to(filing, INES, "Your claim was rejected")
    assert started.deadline.startswith(
        "Review: until Monday 14 December 2026, end of day (Pacific time, Los Angeles) "
        "How this is counted: 14 business days: day 1 is Tue 24 Nov"
    )
    # This clock starts with the hand-over of the mail itself.
    assert rejected.deadline.startswith(
        "Time to dispute: until Wednesday 23 December 2026, end of day (Pacific time, Los Angeles) "
        "How this is counted: 30 calendar days: day 1 is Tue 24 Nov"
    )


@SQLITE
def test_a_policy_without_words_for_its_zone_says_the_zones_name(filing: Filing, rules_dir: Path) -> None:
    filing.submitted()
    assert mail_to(filing, INES, "Your claim was submitted").deadline.startswith(
        "Start of the review: until Tuesday 1 December 2026, end of day (Los Angeles) How"
    )


@SQLITE
def test_what_helps_is_told_to_the_partner_while_it_helps(filing: Filing) -> None:
    number = filing.under_review()
    filing.do("reject", number, REVIEWER, reason="insufficient_poe", message="Page 2 is missing.")
    assert "What helps: Dispute the rejection with" in words(mail_to(filing, INES, "Your claim was rejected"))
    filing.do("dispute", number, INES, justification="Page 2 is the back of page 1.")
    filing.do("deny_dispute", number, REVIEWER2, reason="insufficient_poe", message="It is empty.")
    denied = words(mail_to(filing, INES, "Your dispute was denied"))
    assert "Insufficient proof of execution" in denied
    assert "What helps" not in denied

    withdrawn = filing.under_review(product="intune")
    filing.do("request_rejection", withdrawn, INES, reason="wrong_activity")
    assert "What helps: Create a new claim" in words(
        mail_to(filing, INES, "Your claim was rejected as you asked")
    )
    told = words(mail_to(filing, REVIEWER, "A partner withdrew a claim"))
    assert "Wrong activity" in told
    assert "What helps" not in told


@SQLITE
def test_a_claim_that_lost_a_settlement_for_good_is_not_told_to_dispute(filing: Filing) -> None:
    loser = filing.under_review("fabrikam")
    filing.do("reject", loser, REVIEWER, reason="insufficient_poe", message="Page 2 is missing.")
    filing.do("dispute", loser, "incentives@fabrikam.example", justification="It is there.")
    filing.do("settle", filing.under_review("contoso"), REVIEWER2)  # who has the dispute
    lost = words(mail_to(filing, "incentives@fabrikam.example", "Your claim was rejected in favor"))
    assert "Competing association" in lost
    assert "dispute the rejection" not in lost.casefold()


@SQLITE
def test_the_customer_is_told_who_asks_whom_to_ask_and_until_when(filing: Filing) -> None:
    number = filing.approved()
    mail = mail_to(filing, CASEY, f"Contoso: Association with your organization ({number})")
    said = words(mail)
    for told in (
        "Dear Casey Lind, The partner named below told us",
        "We, the program Customer associations, approved the association.",
        "If you do not know this partner, open the link and decline.",
        "Whom to ask Ines Morel, incentives@contoso.example at Contoso",
    ):
        assert told in said, told
    assert mail.deadline.startswith(
        "We wait for your answer until Monday 30 November 2026, end of day "
        "(Pacific time, Los Angeles). You can still decline later"
    )
    assert "7 calendar days" in mail.deadline
    for meaningless in ("Use or consume", "do not agree", "Activity"):
        assert meaningless not in said, meaningless


@SQLITE
def test_a_disputed_decline_asks_the_partner_to_send_a_link_and_the_customer_learns_no_deadline_of_ours(
    filing: Filing,
) -> None:
    number = filing.approved()
    customer = filing.browser()
    customer.visit(mail_to(filing, CASEY, "Contoso: Association").link)
    customer.fill_and_submit("Decline")
    filing.wait(1)
    filing.do("dispute", number, INES, justification="They misunderstood.")
    received = mail_to(filing, INES, f"Your dispute was received ({number})")
    assert "the dispute cannot be approved before they agree" in words(received)
    assert "open the claim and send them a new link" in words(received)
    assert "There is nothing to do now" not in words(received)
    assert received.deadline.startswith("Decision on the dispute: until ")

    filing.do("send_consent_link", number, INES)
    asked = mail_to(filing, CASEY, "Contoso: Please agree to an association with your organization")
    assert asked.deadline == ""
    assert "Decision on the dispute" not in asked.text
    assert "If you do not know this partner, do nothing." in words(asked)


@SQLITE
def test_other_disputes_ask_the_partner_for_nothing(filing: Filing) -> None:
    number = filing.under_review()
    filing.do("reject", number, REVIEWER, reason="insufficient_poe", message="Page 2 is missing.")
    filing.do("dispute", number, INES, justification="Page 2 is the back of page 1.")
    assert "There is nothing to do now" in words(mail_to(filing, INES, "Your dispute was received"))


@SQLITE
def test_who_only_reads_reviews_is_not_asked_to_do_them(filing: Filing) -> None:
    filing.submitted()
    assert mails_to(filing, REVIEWER2)
    assert mails_to(filing, ADMIN) == []


@SQLITE
def test_a_decline_after_the_one_dispute_advises_no_other(filing: Filing) -> None:
    number = filing.under_review()
    filing.do("reject", number, REVIEWER, reason="insufficient_poe", message="Page 2 is missing.")
    filing.do("dispute", number, INES, justification="Page 2 is the back of page 1.")
    filing.do("approve_dispute", number, REVIEWER2)
    customer = filing.browser()
    customer.visit(mail_to(filing, CASEY, "Contoso: Association").link)
    customer.fill_and_submit("Decline")
    declined = words(mail_to(filing, INES, "The customer declined the association"))
    assert "Customer declined The customer does not agree to the association." in declined.replace("- ", "")
    assert "dispute the rejection" not in declined


@pytest.mark.parametrize("all_of_them", [False, True], ids=["one let go", "nobody else left"])
def test_whoever_was_let_go_is_told_nothing_more(filing: Filing, *, all_of_them: bool) -> None:
    number = filing.under_review()
    if not all_of_them:
        with filing.context(), transaction() as session:
            session.execute(update(Claim).values(own_contact_email="billing@contoso.example"))
    with filing.context(), transaction() as session:
        session.execute(update(Person).where(Person.email == INES).values(active=False))
    before = len(mails_to(filing, INES))
    filing.do("request_information", number, REVIEWER, reason="missing_all_poe", message="Send it.")
    assert len(mails_to(filing, INES)) == before
    instead = "global@contoso.example" if all_of_them else "billing@contoso.example"
    assert any("Send it." in mail.text for mail in mails_to(filing, instead))


def test_a_consent_mail_that_waited_is_not_sent_beside_a_newer_one(filing: Filing) -> None:
    number = filing.under_review()
    filing.desk, sent = replace(filing.desk, committed=lambda: None), filing.desk
    filing.do("approve", number, REVIEWER)
    filing.do("send_consent_link", number, INES)
    with filing.context():
        assert deliver(sent).overtaken == 1
    (mail,) = mails_to(filing, CASEY)
    assert "send you this link again" in words(mail)


def test_a_customer_who_answered_is_not_asked_again_by_a_mail_that_waited(filing: Filing) -> None:
    number = filing.under_review()
    filing.desk, sent = replace(filing.desk, committed=lambda: None), filing.desk
    filing.do("approve", number, REVIEWER)
    with filing.context(), transaction() as session:
        session.execute(update(ConsentLink).values(answer="agree", answered_at=filing.clock.now()))
    with filing.context():
        assert deliver(sent).overtaken == 1
    assert mails_to(filing, CASEY) == []


@SQLITE
def test_a_reason_that_two_catalogs_have_is_told_in_the_words_of_the_one_it_came_from(filing: Filing) -> None:
    with filing.context():
        catalogs = filing.desk.policies.in_force().reasons
    asked, rejected = (
        catalogs.information_reasons["missing_products"],
        catalogs.rejection_reasons["missing_products"],
    )
    assert asked.text != rejected.text
    number = filing.under_review()
    filing.do("request_information", number, REVIEWER, reason="missing_products", message="Which ones?")
    mail = words(max(mails_to(filing, INES), key=lambda mail: "Which ones?" in mail.text))
    assert asked.text in mail
    assert asked.next_step in mail
    assert rejected.text not in mail
    filing.do("request_rejection", number, INES, reason="wrong_activity")

    number = filing.under_review(product="intune")
    filing.do("reject", number, REVIEWER, reason="missing_products", message="As I said.")
    mail = words(max(mails_to(filing, INES), key=lambda mail: "As I said." in mail.text))
    assert rejected.text in mail
