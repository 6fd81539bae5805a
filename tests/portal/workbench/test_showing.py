"""The policy in force, readable: every rule file's content is on the page and follows the files."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.rulebook.condition_words import Words
from portal.rulebook.loading import load, read_folder
from portal.rulebook.templates import spelled
from portal.workbench.showing import policy_page
from portal.workbench.shown import PolicyPage
from tests.browser import Browser, Page
from tests.portal.languages.made_up import in_brackets
from tests.portal.reviews.filing import Filing

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
RULES = Path(__file__).resolve().parents[3] / "rules"


def policy(filing: Filing, email: str = "policy@operator.example") -> Page:
    return filing.browser(email).visit("/policy")


@SQLITE
def test_every_status_action_deadline_reason_role_and_mail_is_on_the_page(filing: Filing) -> None:
    page = policy(filing)
    book = load(read_folder(RULES))
    sections = {
        "statuses": [text for row in book.statuses.values() for text in (row.label, row.means)],
        "actions": [text for row in book.transitions.values() for text in (row.label, row.done or "")],
        "deadlines": [
            text for row in book.clocks.values() for text in (row.label, row.length, row.waits_unless or "")
        ],
        "reasons": [
            text
            for catalog in (book.reasons.information_reasons, book.reasons.rejection_reasons)
            for row in catalog.values()
            for text in (row.label, row.text, row.next_step)
        ],
        "programs": [row.label for row in book.programs.activities.values()],
        "roles": [row.means for row in book.roles.permissions.values()],
        "notifications": [
            spelled(mail.subject, book.vocabulary)
            for mails in book.notifications.events.values()
            for mail in mails
        ],
        "vocabulary": list(book.vocabulary.facts),
    }
    for section, texts in sections.items():
        shown = page.region(section)
        assert [text for text in texts if " ".join(text.split()) not in shown] == [], section


@SQLITE
def test_every_refusal_stands_there_with_condition_clause_and_line(filing: Filing) -> None:
    page = policy(filing)
    rule = page.region("dispute-dispute_already_used")
    assert "This claim was disputed before and cannot be disputed again." in rule
    assert "when claim.disputes_used >= value.disputes_at_most" in rule
    assert "You’re allowed to dispute a rejected claim only once." in rule
    place = re.search(r"lifecycle\.yaml:(\d+)", rule)
    assert place is not None
    lines = (RULES / "lifecycle.yaml").read_text(encoding="utf-8").splitlines()
    assert "dispute_already_used" in lines[int(place.group(1)) - 1]
    assert "unless claim.has_location" in page.region("submit-no_location")
    assert "‹Name of the product›" in page.region("submit-no_subscription")


def test_each_shown_place_is_where_the_rule_stands() -> None:
    page = policy_page(load(read_folder(RULES)), None)
    rules = [rule for action in page.actions for rule in action.rules]
    rules += [rule for question in page.questions for rule in question.rules]
    assert len(rules) > 30
    for rule in rules:
        file, _, line = rule.place.partition(":")
        text = (RULES / file).read_text(encoding="utf-8").splitlines()[int(line) - 1]
        assert f"id: {rule.code}" in text


@SQLITE
def test_who_may_what_follows_from_the_roles(filing: Filing) -> None:
    page = policy(filing)
    assert "Reviewer" in page.region("action-approve")
    assert "Billing admin, Global admin or Incentives admin" in page.region("action-dispute")
    assert "The customer, by the signed link" in page.region("action-decline")
    assert "when the deadline “Answer to the request for information” ends" in page.region(
        "action-no_response"
    )
    assert "when another claim is given “Settle in favor of this claim”" in page.region(
        "action-lose_settlement"
    )
    rows = {row["Permission"]: row for row in page.rows("#roles table")}
    decide = next(row for words, row in rows.items() if words.endswith("reviews.decide"))
    assert decide["Reviewer"] == "yes"
    assert decide["Policy owner"] == "–no"


@SQLITE
def test_version_and_beginning_are_told(filing: Filing, rules_dir: Path) -> None:
    about = policy(filing).region("about")
    assert load(read_folder(rules_dir)).version in about
    assert "23 November 2026" in about
    assert "Los Angeles" in about


class TestChangedFiles:
    @pytest.fixture
    def rules_dir(self, tmp_path: Path) -> Path:
        copied = tmp_path / "rules"
        shutil.copytree(RULES, copied)
        for file, before, after in (
            ("lifecycle.yaml", "label: Under review", "label: Being read"),
            ("deadlines.yaml", "length: 7 calendar days", "length: 9 calendar days"),
            ("roles.yaml", "label: Reviewer", "label: Examiner"),
        ):
            text = (copied / file).read_text(encoding="utf-8")
            assert before in text
            (copied / file).write_text(text.replace(before, after), encoding="utf-8")
        return copied

    @SQLITE
    def test_the_page_follows_the_files(self, filing: Filing) -> None:
        page = policy(filing)
        assert "Being read" in page.region("statuses")
        assert "Under review" not in page.region("statuses")
        assert "9 calendar days" in page.region("deadlines")
        assert "Examiner" in page.region("action-approve")


@SQLITE
def test_partners_read_it_and_strangers_do_not(filing: Filing) -> None:
    assert policy(filing, "billing@fabrikam.example").status == 200
    assert Browser(filing.app).visit("/policy").path.startswith("/sign-in")


def lines(words: Words | None) -> Iterator[str]:
    """Yield every line of a condition in words."""
    if words is not None and not words.joined:
        yield words.text
    for one in words.items if words else ():
        yield from lines(one)


def every_line(page: PolicyPage) -> list[str]:
    rules = [rule for action in page.actions for rule in action.rules]
    rules += [rule for question in page.questions for rule in question.rules]
    conditions = [rule.words for rule in rules] + [words for *_, words in page.defined]
    conditions += [row.closed_when for row in page.statuses if row.closed_when]
    conditions += [row.only_if for row in page.clocks if row.only_if]
    conditions += [mail.only_when for event in page.events for mail in event.mails if mail.only_when]
    return [line for words in conditions for line in lines(words)]


def test_no_condition_is_told_in_words_that_nobody_wrote_for_people() -> None:
    book = load(read_folder(RULES))
    told = every_line(policy_page(book, None))
    assert len(told) > 100
    for line in told:
        assert line[0].isupper() or line[0] == "“", line
        assert "not none" not in line.casefold(), line
        assert not line.endswith((": yes", ": no", ".")), line
        assert "_" not in line, line
    assert "Another claim of the same organization for the same customer, product and subscription: " in (
        "\n".join(told)
    )
    assert "“Products to remove” is filled in on the form" in told
    assert "“Answer to the reviewer” is left empty on the form" in told


def test_a_condition_that_nobody_worded_both_ways_is_told_all_the_same() -> None:
    files = read_folder(RULES)
    vocabulary = files["vocabulary.yaml"].replace(", means_not: No customer was chosen", "")
    assert "Not so: A customer was chosen" in every_line(
        policy_page(load({**files, "vocabulary.yaml": vocabulary}), None)
    )


@SQLITE
def test_a_condition_is_headed_by_a_sentence_of_its_own(filing: Filing) -> None:
    page = policy(filing)
    headings = {
        "statuses": "Closed when at least one of these is true:",
        "actions": "Refused when all of these are true:",
        "deadlines": "It is nobody’s move any more when this is true:",
        "questions": "The answer is “Not eligible” when this is true:",
        "notifications": "Told only when this is true:",
        "vocabulary": "That means that all of these are true:",
    }
    for section, heading in headings.items():
        assert heading in page.region(section), section
    assert "So when" not in page.region("vocabulary")


@SQLITE
def test_each_question_tells_its_answers_as_the_policy_calls_them(filing: Filing) -> None:
    page = policy(filing)
    one = page.region("question-competition")
    assert "“No” unless a rule says otherwise" in one
    assert "The answer is “No” unless this rule says otherwise." in one
    assert "The answer is “Yes” when this is true:" in one
    assert "“Yes” unless one of 3 rules says otherwise" in page.region("question-association")
    assert "Can the product be claimed for the customer? “Yes”" in page.region("action-submit")
    for text in ("Uncontested", "one of 1 ", "{", "Refused when all of these hold"):
        assert text not in page.region("questions"), text


@SQLITE
def test_what_is_told_afterwards_is_joined_as_the_language_does(filing: Filing, tmp_path: Path) -> None:
    with in_brackets(tmp_path / "translations", "ja"):
        browser = Browser(filing.app, language="ja")
        browser.enter("policy@operator.example")
        told = browser.visit("/policy").region("actions")
    book = load(read_folder(RULES))
    joined = [f"{row.done}{row.then}" for row in book.transitions.values() if row.done and row.then]
    assert joined
    assert [text for text in joined if text not in told] == []


@SQLITE
def test_what_stands_in_a_mail_is_told_by_its_name(filing: Filing) -> None:
    told = policy(filing).region("notifications")
    assert "‹Name of the partner›: Association with your organization" in told
    assert "{" not in told


@SQLITE
def test_who_is_told_besides_the_contacts_stands_there_by_their_roles(filing: Filing) -> None:
    told = policy(filing).region("notifications")
    assert "Partner, and there every Billing admin who may see the claim" in told


def test_only_people_of_the_operator_read_that_decisions_are_judged_twice() -> None:
    book = load(read_folder(RULES))
    shown = policy_page(book, None, "operator").second_reviews
    assert shown is not None
    assert shown.of[:2] == ("Approve", "Reject")
    assert shown.besides == ("Ask for information",)
    told = policy_page(book, None, "partner")
    assert told.second_reviews is None
    assert not {"reviews.judge_again", "reports.agreement"} & {name for name, _ in told.permissions}


@SQLITE
def test_the_share_that_is_judged_twice_is_written_as_every_percentage(filing: Filing) -> None:
    assert "0% Why so many" in policy(filing).region("second-reviews")
