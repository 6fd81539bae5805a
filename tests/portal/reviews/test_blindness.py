"""Until it is judged, no byte that its second reviewer can fetch or is sent tells of a decision."""

import re
from collections import deque
from collections.abc import Callable
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import urljoin

import pytest
from sqlalchemy import select

from portal.accounts.model import Person, PersonRole
from portal.app import create_app
from portal.claims.mail_recipients import REVIEWERS, recipients
from portal.claims.model import Claim
from portal.clock import FixedClock
from portal.db import db, transaction
from portal.settings import Settings
from tests import drawn, factories
from tests.browser import Browser
from tests.conftest import NOW
from tests.documents import pdf
from tests.portal.reviews.filing import REVIEWER, REVIEWER2, Filing, upload
from tests.portal.reviews.test_competing import with_products

INES = "incentives@contoso.example"
REVIEWER3 = "reviewer3@operator.example"
RANDOM = (
    (re.compile(rb'(name="csrf_token"[^>]*value=")[^"]*'), rb"\1"),
    # How many events the whole house has recorded, whoever did what.
    (re.compile(rb'(name="mark" value=")[^"]*'), rb"\1"),
)
LINK = re.compile(rb'(?:href|src|data-hx-get)="([^"#]*)')
PAGES_AT_MOST = 200
Made = Callable[[str], Filing]


@pytest.fixture
def rules_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return drawn.rules(tmp_path_factory.getbasetemp() / "all-drawn", 100)


@pytest.fixture
def made(settings: Settings, another_database: Callable[[], str], tmp_path: Path) -> Made:
    """Return what makes a house of its own, with a third reviewer."""

    def house(name: str) -> Filing:
        own = {"database_url": another_database(), "data_dir": tmp_path / name}
        clock = FixedClock(NOW)
        filing = Filing(create_app(settings.model_copy(update=own), clock=clock), clock)
        with filing.context(), transaction() as session:
            owner = session.merge(filing.house.operator)
            filing.actors[REVIEWER3] = factories.actor(
                factories.person(session, owner, "reviewer", account="reviewer3")
            )
            filing.house.locations["contoso"] = place = session.merge(filing.house.locations["contoso"])
            place.code = "1000001"  # the factory counts on with every house
        return filing

    return house


def reviewed(filing: Filing, by: str) -> str:
    """Return a claim in its second round, asked about and commented by the reviewer `by`."""
    number = filing.under_review(by=by)
    filing.do("comment", number, by, message="Which workshop was it?")
    filing.do("request_information", number, by, reason="missing_or_old_dates", message="Please date it.")
    filing.do("resubmit", number, INES, message="Here it is.")
    filing.do("start_review", number, by)
    return number


def found(filing: Filing, number: str) -> dict[str, tuple[int, bytes]]:
    """Return everything that the second reviewer reaches by links, addresses and mail."""
    browser = filing.browser(REVIEWER2)
    begin = [
        "/reviews",
        f"/reviews?show=every&q={number}",
        "/notices",
        "/notices/read",
        "/reports",
        "/policy",
    ]
    begin += [
        f"/reviews/{number}{end}" for end in ("", "/news", "/proof-pack.zip", "/approval", "/rejection")
    ]
    begin += [f"/reviews/{number}/events/{place}" for place in range(1, 25)]
    begin += [f"/reviews/competing/{number}", f"/claims/{number}", f"/reviews/second/{number}"]
    begin += [f"/claims/{number}/documents/{row}{end}" for row in range(1, 9) for end in ("", "/view")]
    begin += [f"/reviews/second/opinions/{row}" for row in range(1, 4)]
    todo, seen = deque(begin), dict[str, tuple[int, bytes]]()
    while todo and len(seen) < PAGES_AT_MOST:
        path = todo.popleft()
        if path in seen or path.startswith(("/static", "/sign-out", "http", "mailto")):
            continue
        answer = browser.ask("GET", path)
        content = answer.get_data() + answer.headers.get("Location", "").encode()
        for pattern, instead in RANDOM:
            content = pattern.sub(instead, content)
        seen[path] = answer.status_code, content
        if answer.mimetype == "text/html":
            links = (href.decode().replace("&amp;", "&") for href in LINK.findall(content))
            todo += [urljoin(path, link) for link in links if not link.startswith("/policy")]
    mails = sorted((filing.desk.settings.data_dir / "mail").glob("*.eml"))
    own = [path.read_bytes() for path in mails if REVIEWER2.encode() in path.read_bytes()]
    return seen | {f"mail {place}": (0, said(text)) for place, text in enumerate(own)}


def said(mail: bytes) -> bytes:
    """Return what a mail says, without what is another in every mail."""
    read = message_from_bytes(mail, policy=policy.default)
    parts = [str(part.get_content()) for part in read.walk() if not part.is_multipart()]
    return "\n".join([str(read["To"]), str(read["Subject"]), *parts]).encode()


def close(filing: Filing) -> None:
    with filing.app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_whatever_was_decided_by_whom_the_second_reviewer_finds_the_same(made: Made) -> None:
    one, other = made("one"), made("other")
    number = reviewed(one, REVIEWER)
    one.do("approve", number, REVIEWER)
    assert reviewed(other, REVIEWER3) == number
    other.do("reject", number, REVIEWER3, reason="poe_unavailable", message="The zebra is not signed.")
    other.do("comment", number, INES, message="We do not understand the zebra.")
    these, those = found(one, number), found(other, number)
    assert sorted(these) == sorted(those)
    assert [path for path in these if these[path] != those[path]] == []
    # Not for want of looking: what was asked before, and the document, are there.
    assert b"Please date it." in these[f"/reviews/second/{number}"][1]
    assert any("/documents/" in path and status == 200 for path, (status, _) in these.items())
    for filing in (one, other):
        filing.browser(REVIEWER2).visit(f"/reviews/second/{number}")
        close(filing)


def answered(filing: Filing, path: str, form: dict[str, str]) -> tuple[int, str | None, bytes]:
    """Return what the second reviewer gets for an address, or for a form that is sent to it."""
    browser = filing.browser(REVIEWER2)
    browser.visit("/reviews/second")
    answer = browser.ask("POST" if form else "GET", path, **form)
    content = answer.get_data()
    for pattern, instead in RANDOM:
        content = pattern.sub(instead, content)
    return answer.status_code, answer.headers.get("Location"), content


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_neither_rivals_nor_theirs_tell_what_was_decided(made: Made) -> None:
    """A rival holds back its forms too, and the page side by side of a rival’s rival its other columns."""
    one, other = made("one"), made("other")
    for filing, decided in ((one, "approve"), (other, "reject")):
        number = filing.under_review(by=REVIEWER3)
        said = {"reason": "poe_unavailable", "message": "It is gone."} if decided == "reject" else {}
        filing.do(decided, number, REVIEWER3, **said)
        with_products(filing, "fabrikam", "teams", "intune")
        filing.submitted("contoso", "intune")
    rival, theirs = "CL-2026-000002", "CL-2026-000003"
    form = {"version": str(one.claim(rival).version), "message": "A word about the zebra."}
    wanted = [
        *((f"/reviews/{rival}{end}", form) for end in ("/comments", "/approval", "/mail-preview/approval")),
        (f"/reviews/competing/{theirs}/{rival}/settlement", {**form, "winner": rival}),
        *((f"/reviews/{rival}{end}", {}) for end in ("/proof-pack.zip", "/events/1", "/events/3")),
        (f"/reviews/competing/{theirs}?winner={rival}", {}),
        (f"/reviews/{theirs}", {}),
    ]
    for path, given in wanted:
        these, those = answered(one, path, given), answered(other, path, given)
        assert these == those, path
        assert these[0] == (409 if given else 200 if path.endswith(theirs) else 303), path
        assert (b"A word about the zebra." in these[2]) == bool(given), path
    for filing in (one, other):
        close(filing)


def test_what_came_after_the_decision_is_not_on_the_page(filing: Filing) -> None:
    with filing.context(), transaction() as session:
        owner = session.merge(filing.house.operator)
        who = factories.person(session, owner, "reviewer", account="reviewer3")
        filing.actors[REVIEWER3] = factories.actor(who)
    number = filing.under_review()
    filing.do("reject", number, REVIEWER, reason="insufficient_poe", message="Page 7 is not signed.")
    filing.dispute(number, upload(pdf("Proof with a signature", name="signed.pdf")))
    assigned = filing.claim(number).reviewer_id
    asked = next(email for email in (REVIEWER2, REVIEWER3) if filing.actors[email].person_id != assigned)
    browser = filing.browser(asked)
    page = browser.visit(f"/reviews/second/{number}")
    assert "signed.pdf" not in page.text
    later = max(row.id for row in filing.documents(number))
    browser.visit(f"/claims/{number}/documents/{later}", status=404)
    browser.visit(f"/claims/{number}/documents/{later}/view", status=404)
    first = min(row.id for row in filing.documents(number))
    assert "signed.pdf" not in browser.fragment(f"/claims/{number}/documents/{first}/view").text
    browser.visit(f"/claims/{number}/documents/{first}")


def test_the_partner_finds_the_same_before_and_after(filing: Filing) -> None:
    number = filing.approved()
    browser = filing.browser(INES)
    paths = (f"/claims/{number}", "/claims", "/notices", "/reports", "/reports/claims-over-time")

    def pages() -> list[bytes]:
        shown = [browser.ask("GET", path).get_data() for path in paths]
        for pattern, instead in RANDOM:
            shown = [pattern.sub(instead, content) for content in shown]
        return shown

    before = pages()
    second = Browser(filing.app)
    second.enter(REVIEWER2)
    second.visit(f"/reviews/second/{number}")
    second.fill_and_submit("Record “Approve” as my opinion")
    mails = [path.read_bytes() for path in (filing.desk.settings.data_dir / "mail").glob("*.eml")]
    assert not any(b"second" in text.lower() and b"opinion" in text.lower() for text in mails)
    # Whoever reviews opens the document, which partners are told of every reader.
    assert [text for text in pages() if b"econd review" in text] == []
    assert pages()[1:2] == before[1:2]


def test_a_rival_leads_to_the_second_review_first(filing: Filing) -> None:
    number = filing.approved()
    rival = filing.submitted("fabrikam")
    browser = filing.browser(REVIEWER2)
    assert "Competes" not in browser.visit("/reviews").region("review-queue")
    for path in (f"/reviews/{rival}", f"/reviews/competing/{rival}"):
        page = browser.visit(path)
        assert page.heading == f"Second review of {number}"
        assert f"{rival} is for a product and customer of {number}" in page.text
    page = browser.post(f"/reviews/{rival}/comments", status=409, message="Which zebra?")
    assert "Nothing was done" in page.text
    assert "Which zebra?" in page.region("what-you-wrote")
    assert browser.post(f"/reviews/{number}/comments", status=409, message="?").heading == number
    browser.click(f"To the second review of {number}")
    browser.fill_and_submit("Leave it to others and open the claim")
    assert browser.visit(f"/reviews/{rival}").heading == rival
    assert "Competes" in browser.visit("/reviews").region("review-queue")


def test_mails_to_all_reviewers_leave_out_who_is_to_judge(filing: Filing) -> None:
    number = filing.approved()
    with filing.context():
        claim = db.session.scalars(select(Claim).where(Claim.number == number)).one()
        rulebook = filing.desk.rulebook_of(claim)
        assert recipients(db.session(), filing.desk, rulebook, claim, REVIEWERS) == [REVIEWER]


def test_whoever_reads_every_mail_is_not_asked(filing: Filing) -> None:
    with filing.context(), transaction() as session:
        person = session.get_one(Person, filing.actors[REVIEWER2].person_id)
        person.roles.append(PersonRole(role="operator_admin"))
    number = filing.approved()
    browser = filing.browser(REVIEWER2)
    assert "No second review waits for you" in browser.visit("/reviews/second").text
    assert browser.visit(f"/reviews/{number}").heading == number
