"""Explanations: the same decision as the button's, taken apart for the one who reads it."""

import json

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from portal.audit.model import AuditEvent
from portal.claims.explaining import NoSuchAction, as_plain, decided_event, explain, explain_event
from portal.claims.queries import claim_by_number
from portal.claims.refusals import NotThere
from portal.cli import main, policy_files
from portal.cli.policy_files import told
from portal.db import db
from tests.portal.reviews.filing import REVIEWER, Filing

INES = "incentives@contoso.example"


def test_a_refusal_is_explained_with_its_comparisons_and_what_would_change_it(filing: Filing) -> None:
    number = filing.draft()
    filing.do("edit", number, INES, own_contact_name="")
    with filing.context():
        found = explain(filing.desk, db.session(), number, "submit", filing.actors[INES])
        plain = as_plain(found)
    assert plain["outcome"] == "refused"
    assert [reason["rule"] for reason in plain["reasons"]] == ["own_contact_incomplete"]
    assert plain["reasons"][0]["comparisons"]
    assert [(one["who"], one["fact"]) for one in plain["remedies"]] == [("partner", "contacts.own_complete")]
    assert any(one["rule"] == "own_contact_incomplete" and one["fired"] for one in plain["trace"])
    assert json.loads(json.dumps(plain)) == plain
    assert "Fill in the name and e-mail address of your own contact" in told(found)


def test_a_partner_is_told_of_no_competitor(filing: Filing) -> None:
    """Byte for byte the same, whether or not somebody else claims the same product."""
    number = filing.under_review()
    with filing.context():
        alone = told(explain(filing.desk, db.session(), number, "approve", filing.actors[INES]))
    filing.submitted("fabrikam")
    with filing.context():
        contested = explain(filing.desk, db.session(), number, "approve", filing.actors[INES])
        reviewers = explain(filing.desk, db.session(), number, "approve", filing.actors[REVIEWER])
    assert told(contested) == alone
    assert "held_by_another" in {reason.code for reason in reviewers.reasons}
    assert contested.hidden > 0
    assert reviewers.hidden == 0


def test_what_was_decided_is_explained_by_the_version_it_was_decided_under(filing: Filing) -> None:
    number = filing.approved()
    with filing.context():
        claim = claim_by_number(db.session(), number)
        events = db.session.scalars(select(AuditEvent).where(AuditEvent.subject == f"claim:{number}")).all()
        approval = next(event for event in events if event.action == "approve")
        approval = decided_event(db.session(), claim, approval.place)
        found = explain_event(filing.desk, db.session(), approval, "operator")
        assert (found.action, found.decision.outcome) == ("approve", "allowed")
        assert "held_by_another" in {one.rule.code for one in found.asked}
        partners = explain_event(filing.desk, db.session(), approval, "partner")
        assert "held_by_another" not in {one.rule.code for one in partners.asked}


def test_an_event_of_another_claim_is_not_there(filing: Filing) -> None:
    mine, other = filing.approved(), filing.approved("fabrikam", "intune")
    with filing.context():
        claim = claim_by_number(db.session(), mine)
        event = db.session.scalars(select(AuditEvent).where(AuditEvent.subject == f"claim:{other}")).first()
        assert event is not None
        with pytest.raises(NotThere):
            decided_event(db.session(), claim, event.id)


def test_another_organizations_claim_and_an_unknown_action_are_told_apart(filing: Filing) -> None:
    number = filing.draft()
    with filing.context():
        with pytest.raises(NotThere):
            explain(filing.desk, db.session(), number, "submit", filing.actors["incentives@fabrikam.example"])
        with pytest.raises(NoSuchAction, match="there are create"):
            explain(filing.desk, db.session(), number, "sbumit", filing.actors[INES])


def test_the_command_says_it_in_words_and_as_json(filing: Filing, monkeypatch: pytest.MonkeyPatch) -> None:

    number = filing.draft()
    monkeypatch.setattr(policy_files, "settings_from", lambda: filing.desk.settings)
    monkeypatch.setattr(policy_files, "open_portal", lambda _settings: filing.app)
    words = ["policy", "explain", number, "approve", "--as", REVIEWER]
    run = CliRunner().invoke(main, words)
    assert run.exit_code == 1
    assert "is not there for" in run.output

    words = ["policy", "explain", number, "submit", "--as", INES.upper()]
    run = CliRunner().invoke(main, words)
    assert (run.exit_code, f"on {number}: allowed" in run.output) == (0, True), run.output
    run = CliRunner().invoke(main, [*words, "--json"])
    assert json.loads(run.output)["outcome"] == "allowed"


def test_every_decided_entry_of_the_timeline_opens_its_reasons(filing: Filing) -> None:
    number = filing.approved()
    for who, place in ((INES, "claims"), (REVIEWER, "reviews")):
        browser = filing.browser(who)
        page = browser.visit(f"/{place}/{number}")
        links = [link.get("href") for link in page.select(f"#{place[:-1]}-timeline a")]
        assert len(links) >= 4
        for link in links:
            shown = browser.visit(link)
            assert number in shown.text
            assert "was allowed" in shown.heading
            assert "Policy version" in shown.text


def test_the_reasons_of_another_organizations_claim_are_not_there(filing: Filing) -> None:
    number = filing.approved()
    browser = filing.browser(INES)
    link = browser.visit(f"/claims/{number}").select("#claim-timeline a")[0].get("href")
    stranger = filing.browser("incentives@fabrikam.example")
    stranger.visit(link, status=404)
    browser.visit(f"/claims/{number}/events/{10**30}", status=404)
    browser.visit(f"/claims/{number}/events/999999", status=404)


def test_rules_are_told_by_what_they_say_and_never_by_their_codes(filing: Filing) -> None:
    number = filing.approved()
    browser = filing.browser(INES)
    page = browser.visit(f"/claims/{number}")
    rules = ""
    for link in page.select("#claim-timeline a.timeline-why"):
        shown = browser.visit(link.get("href"))
        rules += shown.text
        codes = {rule.code for rule in filing.desk.policies.in_force().asked_rules()}
        words = {code.replace("_", " ").capitalize() for code in codes if "_" in code}
        assert [code for code in words if f" {code}:" in shown.text or f" {code} (" in shown.text] == []
    assert "“The customer is missing. Choose a customer, or add a new one.” Did not apply." in rules
    assert "The claim has to be in status “Draft”. This was so." in rules
    assert (
        "Whoever acts needs the role Billing admin, Global admin or Incentives admin. This was so." in rules
    )
    assert "the subscription ID is missing" in rules
    assert "{product.name}" not in rules


def test_why_it_was_refused_is_told_in_sentences(filing: Filing) -> None:
    number = filing.draft()
    filing.do("edit", number, INES, own_contact_name="")
    with filing.context():
        found = explain(filing.desk, db.session(), number, "submit", filing.actors[INES])
        assert [one.words for one in found.reasons[0].comparisons] == [
            "The name or the e-mail address of the partner’s own contact is missing"
        ]
