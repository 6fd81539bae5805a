"""The claim page and the one route of every action: what is open, what is refused, what comes back."""

import sys
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from prometheus_client import CollectorRegistry

from portal.claims import uploads
from portal.evidence.turns import Busy, Turns
from portal.web.downloads import attachment
from portal.web.metrics import METRICS
from tests.browser import Browser
from tests.documents import pdf
from tests.form_filling import File
from tests.portal.claims.conftest import PARTNER
from tests.portal.reviews.filing import REVIEWER, Filing

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def undecided(filing: Filing) -> set[str]:
    """Return the questions that were counted as not decided."""
    registry: CollectorRegistry = filing.app.extensions[METRICS]
    samples = [sample for metric in registry.collect() for sample in metric.samples]
    return {row.labels["question"] for row in samples if row.name == "portal_undecided_total"}


def sent_back(filing: Filing) -> str:
    number = filing.under_review()
    message = "The signature is missing."
    filing.do(
        "request_information", number, REVIEWER, reason="missing_customer_acknowledgment", message=message
    )
    return number


def rejected(filing: Filing) -> str:
    number = filing.under_review()
    filing.do("reject", number, REVIEWER, reason="insufficient_poe", message="Page 2 is missing.")
    return number


@SQLITE
def test_the_page_says_where_the_claim_stands_whose_move_it_is_and_until_when(
    filing: Filing, partner: Browser
) -> None:
    standing = partner.visit(f"/claims/{sent_back(filing)}").region("claim-standing")
    assert "Partner action required" in standing
    assert "The reviewer needs more information about the products you claimed." in standing
    assert "Whose moveYour organization" in standing
    assert "14 December 2026, end of day" in standing
    assert "Thu 26 Nov is a holiday" in standing
    requests = partner.page.region("claim-requests")
    assert "Missing customer acknowledgment" in requests
    assert "The signature is missing." in requests
    assert "Review team" in partner.page.region("claim-comments")
    assert "Reviewer of Program operator" not in partner.page.text


@SQLITE
def test_only_the_permitted_fields_can_be_changed(filing: Filing, partner: Browser) -> None:
    page = partner.visit(f"/claims/{sent_back(filing)}")
    fields = {field.get("name") for field in page.select("#claim-edit [name]")}
    assert {"location", "product", "customer_contact_name", "own_contact_email", "commentary"} <= fields
    assert not {"customer", "activity", "name"} & fields
    page = partner.fill_and_submit("Save changes", commentary="See page 3.")
    assert "See page 3." in page.region("claim-details")
    version = page.field("version")
    page = partner.post(page.path + "/edit", status=422, activity="usage_recognition", version=version)
    assert "cannot be changed while the claim is Partner action required" in page.region("failure")
    page = partner.visit(f"/claims/{filing.submitted(product='intune')}")
    assert not page.select("#claim-edit")
    assert not page.select("#claim-documents form")


@SQLITE
def test_a_form_fills_what_a_policy_opens(filing: Filing, partner: Browser) -> None:
    page = partner.visit(f"/claims/{filing.draft()}")
    fields = {field.get("name") for field in page.select("#claim-edit [name]")}
    assert {"location", "customer", "activity", "product", "name", "commentary"} <= fields
    page = partner.fill_and_submit("Save changes", name="Renamed", product=["teams", "intune"])
    assert page.heading == "Renamed"
    assert "Microsoft Intune" in page.region("claim-details")


@SQLITE
def test_every_action_is_there_allowed_or_disabled_with_its_reasons(filing: Filing, partner: Browser) -> None:
    page = partner.visit(f"/claims/{rejected(filing)}")
    buttons = page.buttons()
    assert "Dispute" in buttons
    assert "Comment" in buttons
    for label in (
        "Submit",
        "Resubmit",
        "Disassociate customer",
        "Request rejection",
        "Delete draft",
        "Send the customer a new link",
    ):
        assert f"{label} (disabled)" in buttons, label
    assert "Approve" not in " ".join(buttons)
    for button in page.select("button[disabled]"):
        reasons = page.region(button.get("aria-describedby"))
        assert reasons, button.text_content()


@SQLITE
def test_a_refused_dispute_keeps_what_was_typed_and_says_every_reason(
    filing: Filing, partner: Browser
) -> None:
    number = rejected(filing)
    partner.visit(f"/claims/{number}")
    page = partner.fill_and_submit("Dispute", status=422)
    assert page.reasons() >= {"nothing_given"}
    # The window of 30 days ends with 23 December in UTC-8: the page is opened before, and sent after.
    filing.clock.set(datetime(2026, 12, 24, 7, 30, tzinfo=UTC))
    partner = filing.browser(PARTNER)
    partner.visit(f"/claims/{number}")
    filing.clock.set(datetime(2026, 12, 24, 8, 0, tzinfo=UTC))
    page = partner.fill_and_submit("Dispute", status=409, justification="Page 2\nis here.")
    assert page.field("justification") == "Page 2\nis here."
    page = partner.fill_and_submit("Dispute", status=422)
    assert "dispute_window_ended" in page.reasons()
    assert page.field("justification") == "Page 2\nis here."
    assert "Create a new claim" in page.links()


@SQLITE
def test_a_stale_form_says_what_changed_keeps_the_text_and_can_be_sent_again(
    filing: Filing, partner: Browser
) -> None:
    number = filing.submitted()
    partner.visit(f"/claims/{number}")
    filing.do("comment", number, "global@contoso.example", message="First.")
    page = partner.fill_and_submit("Comment", status=409, message="Second.")
    assert "Global of Contoso: Comment." in page.text
    assert page.select("#action-comment textarea")[0].text_content().strip() == "Second."
    page = partner.fill_and_submit("Comment")
    assert page.texts(".comment") == ["First.", "Second."]


@SQLITE
def test_what_can_be_changed_no_more_is_not_lost(filing: Filing, partner: Browser) -> None:
    number = sent_back(filing)
    partner.visit(f"/claims/{number}")
    filing.do("request_rejection", number, "global@contoso.example", reason="wrong_activity")
    page = partner.fill_and_submit("Save changes", status=409, commentary="A long text.")
    assert "Request rejection. The claim’s status is now “Rejected”." in page.region("failure")
    assert "Commentary" in page.region("failure")
    assert "A long text." in page.region("failure")
    assert "still in the form" not in page.region("failure")


@SQLITE
def test_a_form_that_is_sent_twice_has_one_effect(filing: Filing, partner: Browser) -> None:
    partner.visit(f"/claims/{filing.submitted()}")
    filled = partner.filled("Comment", message="Once.")
    path = partner.page.path
    partner.send_filled(filled)
    partner.visit(path)
    page = partner.send_filled(filled)
    assert page.texts(".comment") == ["Once."]


@SQLITE
def test_unknown_claims_and_actions_are_not_there(filing: Filing, partner: Browser) -> None:
    own, theirs = filing.draft(), filing.draft("fabrikam")
    partner.visit(f"/claims/{own}")
    partner.post(f"/claims/{own}/no-such-thing", status=404)
    partner.visit(f"/claims/{own}")
    partner.post(f"/claims/{own}/start", status=404)
    bodies = set()
    for number in (theirs, "CL-2026-999999", "nonsense"):
        bodies.add(partner.visit(f"/claims/{number}", status=404).text)
        partner.visit(f"/claims/{number}/wizard/review", status=404)
        partner.visit(f"/claims/{own}")
        partner.post(f"/claims/{number}/submission", status=404)
    assert len(bodies) == 1
    filing.browser(REVIEWER).visit(f"/claims/{own}", status=404)


@SQLITE
def test_a_deleted_draft_leads_back_to_the_list(filing: Filing, partner: Browser) -> None:
    number = filing.draft()
    partner.visit(f"/claims/{number}")
    page = partner.fill_and_submit("Delete draft")
    assert page.path == "/claims"
    assert f"{number} was deleted." in page.region("flashes")
    partner.visit(f"/claims/{number}", status=404)


@SQLITE
def test_an_upload_without_a_file_is_told(filing: Filing, partner: Browser) -> None:
    partner.visit(f"/claims/{sent_back(filing)}")
    page = partner.fill_and_submit("Upload", status=422)
    assert "Choose a file first" in page.region("failure")
    page = partner.fill_and_submit("Upload", document=pdf("signed", name="signed.pdf"))
    assert "signed.pdf" in page.region("claim-documents")


@SQLITE
def test_a_document_that_has_no_turn_to_be_opened_is_told_and_what_was_typed_stays(
    filing: Filing, partner: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    partner.visit(f"/claims/{sent_back(filing)}")
    letter = pdf("signed, and never seen before", name="signed.pdf")
    monkeypatch.setattr(uploads, "_turns", Turns(places=0, seconds=1))
    page = partner.fill_and_submit("Resubmit", document=letter, message="Here it is.", status=422)
    assert "Many documents are being opened at the moment, so yours were not taken." in page.text
    assert "Here it is." in page.text

    monkeypatch.setattr(uploads, "_turns", Turns(places=1, seconds=1))
    page = partner.fill_and_submit("Resubmit", document=letter)
    assert "signed.pdf" in page.region("claim-documents")


@SQLITE
def test_a_file_that_is_none_is_told_so_whoever_else_waits(
    filing: Filing, partner: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody() -> AbstractContextManager[None]:
        raise Busy

    partner.visit(f"/claims/{sent_back(filing)}")
    monkeypatch.setattr(uploads, "_turns", turns := Turns(places=1, seconds=1))
    monkeypatch.setattr(turns, "turn", nobody)
    page = partner.fill_and_submit("Resubmit", document=File("list.txt", b"Dear all"), status=422)
    assert "list.txt cannot be used: it is plain text." in page.text


@SQLITE
def test_a_document_is_saved_and_never_opened_in_the_portal(filing: Filing, partner: Browser) -> None:
    page = partner.visit(f"/claims/{filing.draft()}")
    file = partner.visit(page.links()["letter.pdf"])
    assert file.content.startswith(b"%PDF")
    assert file.headers["Content-Type"] == "application/pdf"
    assert file.headers["Content-Length"] == str(len(file.content))
    assert file.headers["Content-Disposition"].startswith("attachment;")
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox; default-src 'none'" in file.headers["Content-Security-Policy"]
    assert "no-store" in file.headers["Cache-Control"]


@SQLITE
def test_old_versions_stay_readable(filing: Filing, partner: Browser) -> None:
    number = filing.draft()
    partner.visit(f"/claims/{number}")
    page = partner.fill_and_submit("Replace letter.pdf", document=pdf("new", name="new.pdf"))
    assert "Replaced and withdrawn documents (1)" in page.region("claim-documents")
    assert partner.visit(page.links()["letter.pdf"]).content.startswith(b"%PDF")


@SQLITE
def test_documents_of_others_and_of_other_claims_are_not_there(filing: Filing, partner: Browser) -> None:
    own, second, theirs = filing.draft(), filing.draft(product="intune"), filing.draft("fabrikam")
    document = partner.visit(f"/claims/{own}").links()["letter.pdf"].rpartition("/")[2]
    partner.visit(f"/claims/{own}/documents/{document}")
    partner.visit(f"/claims/{second}/documents/{document}", status=404)
    other = filing.browser("incentives@fabrikam.example")
    foreign = other.visit(f"/claims/{theirs}").links()["letter.pdf"].rpartition("/")[2]
    partner.visit(f"/claims/{theirs}/documents/{foreign}", status=404)
    partner.visit(f"/claims/{own}/documents/{foreign}", status=404)
    partner.visit(f"/claims/{own}/documents/99999999999999999999", status=404)
    reviewer = filing.browser(REVIEWER)
    reviewer.visit(f"/claims/{own}/documents/{document}", status=404)
    filing.do("submit", own, PARTNER)
    assert reviewer.visit(f"/claims/{own}/documents/{document}").content.startswith(b"%PDF")


@pytest.mark.parametrize(
    "name", ['a"b.pdf', "Zürich €.pdf", "a;b\\c.pdf", "a%22.pdf", "🙂.pdf", "a\r\nb.pdf"]
)
def test_a_files_name_cannot_break_out_of_its_header(name: str) -> None:
    header = attachment(name)
    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2
    assert header.startswith('attachment; filename="')
    assert header.endswith(f"\"; filename*=UTF-8''{quote(name, safe='')}")


@SQLITE
def test_the_page_can_be_read_while_nothing_can_be_decided(
    filing: Filing,
    partner: Browser,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    number = filing.submitted()
    partner.visit(f"/claims/{number}")
    filled = partner.filled("Comment", message="Lost?")
    monkeypatch.setitem(sys.modules, "durable_rules_engine", None)
    page = partner.visit(f"/claims/{number}")
    assert "Nothing can be done at the moment" in page.region("claim-actions")
    assert page.buttons() == ["Sign out"]
    of_page = undecided(filing)
    assert len(of_page) == 3, "actions, eligibility and advice, each counted where it is handled"
    partner.send_filled(filled, status=503)
    assert undecided(filing) - of_page == {"comment"}
    noted = [record.__dict__ for record in caplog.records if "could not be decided" in record.msg]
    assert {line["question"] for line in noted} == of_page | {"comment"}
    assert {line["policy_version"] for line in noted} == {filing.claim(number).policy_version}
    assert all(line["facts"]["claim"] for line in noted)
    monkeypatch.undo()
    assert partner.visit(f"/claims/{number}").texts(".comment") == []


@SQLITE
def test_the_address_of_a_form_that_came_back_leads_to_the_claim(filing: Filing, partner: Browser) -> None:
    number = sent_back(filing)
    partner.visit(f"/claims/{number}")
    page = partner.fill_and_submit("Request rejection", status=422)
    assert page.path == f"/claims/{number}/rejection-request"
    for noun in ("rejection-request", "edit", "documents", "comments"):
        assert partner.visit(f"/claims/{number}/{noun}").path == f"/claims/{number}"
        assert filing.browser(REVIEWER).visit(f"/claims/{number}/{noun}").path == f"/reviews/{number}"
    for noun in ("no-such-thing", "start", "new", "wizard", "documents/x"):
        partner.visit(f"/claims/{number}/{noun}", status=404)
    stranger = filing.browser("incentives@fabrikam.example")
    stranger.visit(f"/claims/{number}/resubmission", status=404)
    stranger.visit("/claims/CL-2026-999999/resubmission", status=404)


@SQLITE
def test_who_reviews_is_led_from_a_submitted_claim_to_its_review(filing: Filing) -> None:
    submitted, draft = filing.submitted(), filing.draft(product="intune")
    reviewer = filing.browser(REVIEWER)
    assert reviewer.visit(f"/claims/{submitted}").path == f"/reviews/{submitted}"
    assert reviewer.ask("GET", f"/claims/{draft}").status_code == 404
    filing.browser("policy@operator.example").visit(f"/claims/{submitted}", status=403)


@SQLITE
def test_what_came_back_links_to_its_fields_and_speaks_of_files_where_there_were_any(
    filing: Filing, partner: Browser
) -> None:
    number = rejected(filing)
    partner.visit(f"/claims/{number}")
    page = partner.fill_and_submit("Comment", status=422)
    assert [link.get("href") for link in page.select("#action-comment-outcome a")] == [
        "#action-comment-message"
    ]
    marked = page.select("#action-comment-message")[0]
    assert marked.get("aria-invalid") == "true"
    assert page.region("action-comment-message-error")
    assert "Choose the files again" not in page.text
    same = File("letter.pdf", partner.visit(page.links()["letter.pdf"]).content)
    partner.visit(f"/claims/{number}")
    page = partner.fill_and_submit("Dispute", status=422, document=same, justification="Look again.")
    assert "a browser does not keep them: letter.pdf." in page.region("action-dispute-outcome")


@SQLITE
def test_what_is_not_possible_any_more_offers_no_button_and_keeps_the_text(
    filing: Filing, partner: Browser
) -> None:
    number = sent_back(filing)
    partner.visit(f"/claims/{number}")
    filing.do("request_rejection", number, "global@contoso.example", reason="wrong_activity")
    page = partner.fill_and_submit("Resubmit", status=409, message="Page 2\nis here.")
    assert "Resubmit (disabled)" in page.buttons()
    assert "Resubmit" not in page.buttons()
    told = page.region("action-resubmit-outcome")
    assert "Request rejection. The claim’s status is now “Rejected”." in told
    assert "“Resubmit” is not possible any more." in told
    assert "wrong_status" in page.reasons()
    typed = page.select("#action-resubmit textarea[readonly]")[0]
    assert typed.text.strip() == "Page 2\nis here."
    assert not page.select("#action-resubmit form")


@SQLITE
def test_a_comment_that_comes_too_late_is_kept_for_copying(filing: Filing, partner: Browser) -> None:
    number = filing.approved()
    partner.visit(f"/claims/{number}")
    filing.do("disassociate", number, "global@contoso.example", reason="We parted.")
    page = partner.fill_and_submit("Comment", status=409, message="One more thing.")
    assert "Comment (disabled)" in page.buttons()
    assert page.select("#action-comment textarea[readonly]")[0].text.strip() == "One more thing."


@SQLITE
def test_what_was_done_is_said_where_the_status_stays(filing: Filing, partner: Browser) -> None:
    partner.visit(f"/claims/{filing.approved()}")
    page = partner.fill_and_submit("Send the customer a new link")
    assert page.region("flashes") == (
        "A new link was sent to the customer. The earlier one opens nothing any more."
    )
    partner.visit(f"/claims/{filing.draft(product='intune')}")
    assert partner.fill_and_submit("Save changes", name="Renamed").region("flashes") == (
        "Your changes are saved."
    )


@SQLITE
def test_who_looks_for_a_way_to_withdraw_finds_it_beside_the_button(filing: Filing, partner: Browser) -> None:
    number = filing.submitted()
    page = partner.visit(f"/claims/{number}")
    assert "Withdraw this claim" in page.region("action-request_rejection")
    (summary,) = page.select("#action-request_rejection summary")
    assert page.region(summary.get("aria-describedby") or "").startswith("Withdraw this claim")
    page = partner.fill_and_submit("Request rejection", reason="wrong_activity")
    told = f"The claim was withdrawn at your request. {number} is now in status “Rejected”."
    assert page.region("flashes") == told
    page = partner.visit(f"/claims/{filing.approved(product='intune')}")
    assert "Withdraw from the approved association" in page.region("action-disassociate")


WRONG = File("notes.txt", b"only text")
WHY = "notes.txt cannot be used"


@SQLITE
@pytest.mark.parametrize(
    ("button", "field"), [("Upload", "upload-document"), ("Replace letter.pdf", "replace-1")]
)
def test_of_a_wrong_file_is_told_once_with_the_way_to_its_field(
    filing: Filing, partner: Browser, button: str, field: str
) -> None:
    partner.visit(f"/claims/{sent_back(filing)}")
    page = partner.fill_and_submit(button, status=422, document=WRONG)
    assert page.text.count("notes.txt") == 1
    (link,) = page.select("#failure a")
    assert (link.get("href"), link.text.startswith(WHY)) == (f"#{field}", True)
    marked = [one.get("id") for one in page.select("[aria-invalid=true]")]
    assert marked == [field]
    assert "failure" in (page.select(f"#{field}")[0].get("aria-describedby") or "").split()
    assert len(page.select("#claim-documents details[open]")) == (button != "Upload")


@SQLITE
def test_of_several_files_those_that_were_right_are_chosen_again(filing: Filing, partner: Browser) -> None:
    partner.visit(f"/claims/{sent_back(filing)}")
    page = partner.fill_and_submit("Upload", status=422, document=[WRONG, pdf("Page 2", name="right.pdf")])
    assert "Choose the files again" in page.region("failure")
    assert "right.pdf" in page.region("failure")


@SQLITE
def test_nobody_is_asked_for_a_first_proof_where_there_is_one(filing: Filing, partner: Browser) -> None:
    number = sent_back(filing)
    page = partner.visit(f"/claims/{number}")
    assert "No proof at hand yet?" not in page.text
    assert "Is another proof needed? Download the template" in page.region("claim-documents")
    page = partner.fill_and_submit("Withdraw letter.pdf")
    assert "No proof at hand yet? Download the template" in page.region("claim-documents")
    assert "another proof" not in page.text
