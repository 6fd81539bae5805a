"""The deliveries as an operator admin sees them: every message, what it says, and sending it again."""

from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest
from sqlalchemy import select, update

from portal.audit.model import AuditEvent
from portal.audit.recording import verify
from portal.claims.desk import Desk
from portal.claims.refusals import NotThere
from portal.db import db, transaction
from portal.deliveries.previewing import preview
from portal.deliveries.retrying import RETRIED, retry
from portal.notifications.model import OutboxMessage
from portal.web.reaching import asks_to_sign_in
from portal.work.outbox import deliver
from tests.browser import Browser, Page
from tests.portal.deliveries.conftest import ADMIN
from tests.portal.notifications.post_office import Mailbox, smtp_server
from tests.portal.reviews.filing import Filing

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def one(filing: Filing, audience: str) -> OutboxMessage:
    """Return the newest message to `audience` as the database has it."""
    query = select(OutboxMessage).where(OutboxMessage.audience == audience)
    with filing.context():
        message = db.session.scalars(query.order_by(OutboxMessage.id.desc()).limit(1)).one()
        db.session.expunge_all()
        return message


def change(filing: Filing, message: OutboxMessage, **values: object) -> None:
    with filing.context(), transaction() as session:
        session.execute(update(OutboxMessage).where(OutboxMessage.id == message.id).values(**values))


def retries(filing: Filing) -> list[AuditEvent]:
    with filing.context():
        assert verify(db.session(), filing.desk.secret) == []
        return list(db.session.scalars(select(AuditEvent).where(AuditEvent.action == RETRIED)))


def test_what_was_given_up_is_sent_again_under_its_message_id_and_the_claim_tells_it(
    filing: Filing, admin: Browser
) -> None:
    number = filing.approved()
    message = one(filing, "partner")
    change(filing, message, state="failed", attempts=12, error="SMTPServerDisconnected: gone")
    page = admin.visit(f"/deliveries/{message.id}")
    told = page.region("delivery-facts")
    assert all(part in told for part in ("Given up", number, "12", "gone", message.message_id))
    page = admin.fill_and_submit("Send again")
    assert "Due" in page.region("delivery-facts")
    (event,) = retries(filing)
    assert (event.subject, event.actor_name, event.at) == (
        f"claim:{number}",
        filing.actors[ADMIN].name,
        filing.clock.now(),
    )
    mailbox = Mailbox()
    with smtp_server(mailbox) as port, filing.context():
        settings = filing.desk.settings.model_copy(update={"mail_url": f"smtp://127.0.0.1:{port}"})
        deliver(replace(filing.desk, settings=settings))
    assert [mail["Message-ID"] for mail in mailbox.received].count(message.message_id) == 1
    assert (
        "put into the line again"
        in filing.browser("incentives@contoso.example").visit(f"/claims/{number}").text
    )


def test_what_was_sent_is_refused_in_words_and_leaves_no_trace_in_the_audit(
    filing: Filing, admin: Browser
) -> None:
    filing.submitted()
    message = one(filing, "reviewers")
    change(filing, message, state="failed")
    admin.visit(f"/deliveries/{message.id}")
    opened = admin.filled("Send again")
    change(filing, message, state="sent", sent_at=filing.clock.now())
    page = admin.send_filled(opened, status=409)
    assert "was sent already" in page.region("retry-refused")
    assert "Send again" not in page.buttons()
    assert one(filing, "reviewers").state == "sent"
    change(filing, message, state="overtaken", sent_at=None, error="The deadline was moved.")
    page = admin.send_filled(opened, status=409)
    assert "What the message says is no longer so" in page.region("retry-refused")
    assert "No longer needed" in page.region("delivery-facts")
    assert "The deadline was moved." in page.region("delivery-facts")
    for state, said in (
        ("unwanted", "chose not to get messages like this"),
        ("gathered", "in a daily digest"),
    ):
        change(filing, message, state=state)
        assert said in admin.send_filled(opened, status=409).region("retry-refused")
        assert one(filing, "reviewers").state == state, "what its recipient chose is not undone"
    assert retries(filing) == []


def test_message_and_audit_change_together_or_not_at_all(filing: Filing) -> None:
    filing.submitted()
    message = one(filing, "reviewers")
    change(filing, message, state="failed")
    without_key: Desk = replace(filing.desk, secret=cast(bytes, None))
    with filing.context(), pytest.raises(TypeError):
        retry(without_key, message.id, filing.actors[ADMIN])
    assert one(filing, "reviewers").state == "failed"
    with filing.context(), pytest.raises(NotThere):
        retry(filing.desk, 2147483647, filing.actors[ADMIN])


def test_a_message_about_an_account_is_recorded_with_the_operator_and_keeps_its_link_to_itself(
    filing: Filing, admin: Browser
) -> None:
    stranger = Browser(filing.app)
    stranger.visit("/password")
    stranger.post("/password", email="billing@contoso.example")
    message = one(filing, "account")
    change(filing, message, state="failed", error="550 refused: https://claims.example/password/abc.def")
    page = admin.visit(f"/deliveries/{message.id}")
    assert "https://claims.example/password/***" in page.region("delivery-preview")
    assert "password/***" in page.region("delivery-facts")
    assert b"abc.def" not in page.content
    admin.fill_and_submit("Send again")
    (event,) = retries(filing)
    assert event.subject == f"organization:{filing.actors[ADMIN].organization_id}"


@SQLITE
def test_the_customers_link_is_shown_in_the_demo_alone(filing: Filing, admin: Browser) -> None:
    number = filing.approved()
    message = one(filing, "customer")
    page = admin.visit(f"/deliveries/{message.id}")
    assert "https://claims.example/consent/***\n" in page.select("#delivery-preview pre")[0].text
    assert "are hidden" in page.region("delivery-preview")
    assert "This is the demo" not in page.region("delivery-preview")
    demo = replace(filing.desk, settings=filing.desk.settings.model_copy(update={"demo": True}))
    with filing.app.test_request_context():
        shown = preview(demo, db.session.get_one(OutboxMessage, message.id), asks_to_sign_in)
    link = next(line for line in shown.text.splitlines() if "/consent/" in line)
    assert len(link) > 60
    assert link.rpartition("/")[2].encode() not in page.content
    object.__setattr__(filing.desk.settings, "demo", True)
    page = admin.visit(f"/deliveries/{message.id}")
    assert link in page.select("#delivery-preview pre")[0].text
    assert "so links that let in whoever has them are shown" in page.region("delivery-preview")
    partner = admin.visit(f"/deliveries/{one(filing, 'partner').id}")
    assert f"https://claims.example/claims/{number}" in partner.region("delivery-preview")


def test_the_list_goes_through_every_message_newest_first_and_back(filing: Filing, admin: Browser) -> None:
    filing.under_review()
    filing.clock.set(filing.clock.now() + timedelta(hours=1))
    filing.approved(product="intune")
    with filing.context():
        newest_first = select(OutboxMessage.id).order_by(
            OutboxMessage.created_at.desc(), OutboxMessage.id.desc()
        )
        every = [f"/deliveries/{number}" for number in db.session.scalars(newest_first)]
    assert len(every) > 4
    page = admin.visit("/deliveries")
    seen = [shown(page)]
    while "Next messages" in page.links():
        page = admin.click("Next messages")
        seen.append(shown(page))
    assert [address for rows in seen for address in rows] == every
    assert all(len(rows) == 2 for rows in seen[:-1])
    while "Previous messages" in page.links():
        page = admin.click("Previous messages")
    assert shown(page) == seen[0]
    assert "begins at its start" in admin.visit("/deliveries?after=made-up").text


def shown(page: Page) -> list[str]:
    return [link.get("href") for link in page.select("#deliveries tbody th a")]


@SQLITE
def test_the_list_tells_states_and_shows_one_alone(filing: Filing, admin: Browser) -> None:
    assert "There are no messages yet" in admin.visit("/deliveries").text
    number = filing.approved()
    partner, customer = one(filing, "partner"), one(filing, "customer")
    later = filing.clock.now() + timedelta(minutes=8)
    change(filing, partner, state="waiting", attempts=4, error="OSError: no route", next_attempt_at=later)
    change(filing, customer, state="sent", sent_at=filing.clock.now())
    waiting = [*admin.visit("/deliveries?state=waiting").rows(), *admin.click("Next messages").rows()]
    assert "Sent" not in {row["State"] for row in waiting}
    (row,) = (row for row in waiting if "OSError: no route" in row["Why not sent"])
    assert (row["State"], row["Attempts"], row["Claim"]) == ("Waiting", "4", number)
    assert row["Recipient"] == partner.recipient
    assert row["Sent or next try"] == "Next try 23 November 2026, 9:08 am PST"
    assert "No message is in this state" in admin.visit("/deliveries?state=failed").text
    change(filing, customer, state="failed", context={"place": 99, "roles_version": "gone"})
    page = admin.visit("/deliveries?state=failed")
    assert [row["State"] for row in page.rows()] == ["Given up"]
    assert page.rows()[0]["Subject"] == "A message that cannot be written"
    assert "log of the portal" in admin.click("A message that cannot be written").text
    assert "no such state" in admin.visit("/deliveries?state=lost").text


@SQLITE
def test_messages_are_found_by_a_part_of_their_recipient(filing: Filing, admin: Browser) -> None:
    filing.approved()
    customer = one(filing, "customer")
    page = admin.visit("/deliveries")
    page = admin.fill_and_submit("/deliveries", recipient=customer.recipient[:9].upper())
    assert {row["Recipient"] for row in page.rows()} == {customer.recipient}
    (tab,) = (link for label, link in page.links().items() if label.startswith("Waiting"))
    assert "recipient=" in tab
    assert "state=waiting" in tab
    page = admin.visit(tab)
    assert {row["Recipient"] for row in page.rows()} == {customer.recipient}
    assert page.field("recipient") == customer.recipient[:9].upper()
    assert "No message matches" in admin.visit("/deliveries?recipient=nobody%25").text


@SQLITE
def test_it_goes_on_to_the_next_page_of_what_was_found(filing: Filing, admin: Browser) -> None:
    filing.approved()
    filing.approved(product="intune")
    found = [shown(admin.visit("/deliveries?recipient=contoso"))]
    while "Next messages" in admin.page.links():
        found.append(shown(admin.click("Next messages")))
        assert all("contoso" in row["Recipient"] for row in admin.page.rows())
    assert len(found) > 1
