"""The files of a form are opened and kept for nobody whom anything else stands against."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from hashlib import sha256

import pytest
from sqlalchemy import func, select

from portal.accounts.actor import Actor
from portal.claims.acting import Done, act
from portal.claims.answers import Answers, Upload
from portal.claims.model import Claim, ClaimDocument
from portal.claims.refusals import Invalid, NotThere, Refused, Stale
from portal.db import db
from portal.evidence.intake import Taken, take
from portal.policies.model import StoredDecision
from tests.documents import pdf
from tests.portal.reviews.filing import REVIEWER, Filing

PARTNER, STRANGER = "incentives@contoso.example", "incentives@fabrikam.example"
LETTER = Upload("new.pdf", pdf("What nobody uploaded before.").content)

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that were opened since the test looked last."""
    names: list[str] = []

    def watched(*given: object) -> Taken:
        names.append(str(given[2]))
        return take(*given)  # type: ignore[arg-type]  # handed on as they came

    monkeypatch.setattr("portal.claims.uploads.take", watched)
    return names


def send(
    filing: Filing,
    action: str,
    number: str,
    *files: Upload,
    by: str | Actor = PARTNER,
    version: int | None = None,
    typed: Mapping[str, str] | None = None,
) -> Done:
    with filing.context():
        actor = filing.actors[by] if isinstance(by, str) else by
        given = Answers({name: (text,) for name, text in (typed or {}).items()}, files)
        return act(filing.desk, action, number, actor, given, version)


def letters(count: int) -> list[Upload]:
    """Return readable files of different content, made from one."""
    return [
        Upload(f"letter-{number}.pdf", LETTER.content + f"\n% {number}".encode()) for number in range(count)
    ]


def current(filing: Filing, number: str) -> int:
    """Return how many documents count as evidence of the claim."""
    claim_id = filing.claim(number).id
    with filing.context():
        documents = db.session.scalars(select(ClaimDocument).where(ClaimDocument.claim_id == claim_id))
        return sum(document.current for document in documents)


def contents(filing: Filing) -> set[str]:
    return {path.name for path in filing.desk.settings.documents_dir.rglob("*") if path.is_file()}


def limited(filing: Filing, at_most: int) -> None:
    filing.desk = replace(
        filing.desk, settings=filing.desk.settings.model_copy(update={"documents_per_claim_at_most": at_most})
    )


def test_more_files_than_a_claim_may_hold_are_refused_unopened(filing: Filing, opened: list[str]) -> None:
    number = filing.draft()
    opened.clear()
    limited(filing, 3)
    kept = contents(filing)
    with pytest.raises(Invalid) as invalid:
        send(filing, "edit", number, *letters(4))
    assert invalid.value.errors == {
        "document": "A claim holds at most 3 documents, and you chose 4. "
        "Choose fewer, or join files, then upload again."
    }
    assert (opened, contents(filing)) == ([], kept)


def test_files_of_a_form_that_the_rules_refuse_are_not_opened(filing: Filing, opened: list[str]) -> None:
    number = filing.submitted()
    opened.clear()
    kept = contents(filing)
    with pytest.raises(Refused) as refused:
        send(filing, "dispute", number, LETTER, typed={"justification": "Look again."})
    assert refused.value.decision.reasons
    assert (opened, contents(filing)) == ([], kept)
    with filing.context():
        query = select(func.count()).where(
            StoredDecision.subject == number,
            StoredDecision.question == "dispute",
            StoredDecision.outcome == refused.value.decision.outcome,
        )
        assert db.session.scalar(query) == 1


def test_the_rules_see_a_file_before_it_is_opened(filing: Filing, opened: list[str]) -> None:
    """A new document alone answers a request for information."""
    number = filing.under_review()
    filing.wait(1)
    filing.do("request_information", number, REVIEWER, reason="missing_all_poe", message="Please send it.")
    opened.clear()
    with pytest.raises(Refused) as refused:
        send(filing, "resubmit", number)
    assert [reason.code for reason in refused.value.decision.reasons] == ["nothing_provided"]
    assert send(filing, "resubmit", number, LETTER).to_status == "submitted"
    assert opened == ["new.pdf"]


def test_a_document_taken_out_and_put_in_again_is_no_answer(filing: Filing) -> None:
    number = filing.under_review()
    filing.wait(1)
    filing.do("request_information", number, REVIEWER, reason="missing_all_poe", message="Please send it.")
    with filing.context():
        (document,) = db.session.scalars(select(ClaimDocument).join(Claim).where(Claim.number == number))
        again = Upload("renamed.pdf", filing.desk.files.path(document.sha256).read_bytes())
        withdraw = str(document.id)
    send(filing, "edit", number, typed={"withdraw": withdraw})
    send(filing, "edit", number, again)
    with pytest.raises(Refused) as refused:
        send(filing, "resubmit", number)
    assert [reason.code for reason in refused.value.decision.reasons] == ["nothing_provided"]
    send(filing, "edit", number, LETTER)
    assert send(filing, "resubmit", number).to_status == "submitted"


def stale(filing: Filing, number: str) -> None:
    version = filing.claim(number).version
    send(filing, "edit", number, version=version, typed={"commentary": "Somebody else was first."})
    send(filing, "edit", number, LETTER, version=version)


def by_a_stranger(filing: Filing, number: str) -> None:
    send(filing, "edit", number, LETTER, by=STRANGER)


def by_somebody_who_may_not(filing: Filing, number: str) -> None:
    roles = replace(filing.actors[PARTNER], roles=frozenset({"billing_admin"}))
    filing.do("submit", number, PARTNER)
    send(filing, "edit", number, LETTER, by=roles)


def with_a_text_too_long(filing: Filing, number: str) -> None:
    filing.do("submit", number, PARTNER)
    filing.do("start_review", number, REVIEWER)
    filing.do("request_information", number, REVIEWER, reason="missing_all_poe", message="Please send it.")
    send(filing, "resubmit", number, LETTER, typed={"message": "x" * 5001})


@pytest.mark.parametrize(
    ("attempt", "failure"),
    [
        (stale, Stale),
        (by_a_stranger, NotThere),
        (by_somebody_who_may_not, Refused),
        (with_a_text_too_long, Invalid),
    ],
)
def test_files_are_not_opened_when_something_else_stands_against_it(
    filing: Filing,
    opened: list[str],
    attempt: Callable[[Filing, str], None],
    failure: type[Exception],
) -> None:
    number = filing.draft()
    opened.clear()
    kept = contents(filing)
    with pytest.raises(failure):
        attempt(filing, number)
    assert (opened, contents(filing)) == ([], kept)


def test_a_form_that_takes_no_documents_says_so(filing: Filing, opened: list[str]) -> None:
    number = filing.submitted()
    opened.clear()
    kept = contents(filing)
    version = filing.claim(number).version
    with pytest.raises(Invalid) as invalid:
        send(filing, "comment", number, LETTER, typed={"message": "See the letter."})
    assert list(invalid.value.errors) == ["document"]
    assert "takes no documents" in invalid.value.errors["document"]
    assert (opened, contents(filing)) == ([], kept)
    assert filing.claim(number).version == version


def test_a_form_sent_twice_is_answered_without_opening_its_files_again(
    filing: Filing, opened: list[str]
) -> None:
    number = filing.draft()
    opened.clear()
    version = filing.claim(number).version
    first = send(filing, "edit", number, LETTER, version=version)
    assert send(filing, "edit", number, LETTER, version=version) == first
    assert opened == ["new.pdf"]
    assert current(filing, number) == 2


def test_a_known_content_that_is_gone_from_the_disk_is_kept_again(filing: Filing, opened: list[str]) -> None:
    send(filing, "edit", filing.draft(), LETTER)
    lost = filing.desk.files.path(sha256(LETTER.content).hexdigest())
    lost.unlink()
    send(filing, "edit", filing.draft("fabrikam"), LETTER, by=STRANGER)
    assert lost.read_bytes() == LETTER.content


def asked(filing: Filing) -> str:
    number = filing.under_review()
    filing.do("request_information", number, REVIEWER, reason="missing_all_poe", message="Please send it.")
    return number


def rejected(filing: Filing) -> str:
    number = filing.under_review()
    filing.do("reject", number, REVIEWER, reason="insufficient_poe", message="Not shown.")
    return number


EDIT = (Filing.draft, "edit", "commentary")
RESUBMIT = (asked, "resubmit", "message")
DISPUTE = (rejected, "dispute", "justification")


@pytest.mark.parametrize(("claim", "action", "text"), [EDIT, RESUBMIT, DISPUTE])
def test_a_claim_never_holds_more_documents_than_it_may(
    filing: Filing, opened: list[str], claim: Callable[[Filing], str], action: str, text: str
) -> None:
    number = claim(filing)
    opened.clear()
    limited(filing, 3)
    with pytest.raises(Invalid) as invalid:
        send(filing, action, number, *letters(3), typed={text: "Here they are."})
    assert invalid.value.errors == {
        "document": "A claim holds at most 3 documents; withdraw one or join files, then upload again."
    }
    assert (current(filing, number), opened) == (1, [])
    send(filing, action, number, *letters(2), typed={text: "Here they are."})
    assert current(filing, number) == 3


@pytest.mark.parametrize(("claim", "action", "text"), [EDIT, RESUBMIT, DISPUTE])
def test_a_file_chosen_twice_in_a_form_is_taken_once(
    filing: Filing, claim: Callable[[Filing], str], action: str, text: str
) -> None:
    number = claim(filing)
    limited(filing, 2)
    send(filing, action, number, LETTER, Upload("copy.pdf", LETTER.content), typed={text: "Here it is."})
    assert current(filing, number) == 2


def test_an_answer_brings_no_document_that_the_claim_has(filing: Filing) -> None:
    number = filing.draft()
    send(filing, "edit", number, LETTER)
    filing.do("submit", number, PARTNER)
    filing.do("start_review", number, REVIEWER)
    filing.do("request_information", number, REVIEWER, reason="missing_all_poe", message="Please send it.")
    with pytest.raises(Refused) as refused:
        send(
            filing, "resubmit", number, Upload("again.pdf", LETTER.content), typed={"message": "Here it is."}
        )
    assert [reason.code for reason in refused.value.decision.reasons] == ["document_not_new"]


@pytest.mark.parametrize(("claim", "action"), [(asked, "resubmit"), (rejected, "dispute")])
def test_documents_are_judged_again_when_the_action_is_carried_out(
    filing: Filing, monkeypatch: pytest.MonkeyPatch, claim: Callable[[Filing], str], action: str
) -> None:
    """What stood against nothing while the files were opened may do so a moment later."""
    monkeypatch.setattr("portal.claims.acting.check_unread", lambda *_: None)
    number = claim(filing)
    limited(filing, 2)
    with pytest.raises(Invalid) as invalid:
        send(filing, action, number, *letters(2), typed={"message": "Here.", "justification": "Here."})
    assert "at most 2 documents" in invalid.value.errors["document"]
    assert current(filing, number) == 1


def test_replacing_one_of_as_many_as_a_claim_may_hold_is_no_mistake(filing: Filing) -> None:
    number = filing.draft()
    limited(filing, 1)
    with filing.context():
        (document,) = db.session.scalars(select(ClaimDocument))
        replaced = str(document.id)
    send(filing, "edit", number, LETTER, typed={"replaces": replaced})
    assert current(filing, number) == 1


def test_where_a_status_does_not_open_the_documents_an_edit_takes_none(
    filing: Filing, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    number = filing.draft()
    opened.clear()
    with filing.context():
        statuses = filing.desk.policies.in_force().lifecycle.statuses
    code = filing.claim(number).status
    editable = [group for group in statuses[code].editable if group != "evidence"]
    monkeypatch.setitem(statuses, code, statuses[code].model_copy(update={"editable": editable}))
    with pytest.raises(Invalid) as invalid:
        send(filing, "edit", number, LETTER)
    assert list(invalid.value.errors) == ["document"]
    assert opened == []
