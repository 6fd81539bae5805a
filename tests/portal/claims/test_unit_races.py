"""People decide at the same moment about claims that share a unit: one wins, the others are told why."""

import os
import random
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.claims.consent_links import link_in_force, token_for
from portal.claims.effects.settlement import SEEN
from portal.claims.model import Claim, ClaimProduct
from portal.claims.queries import claim_by_number
from portal.clock import FixedClock
from portal.customers.model import Customer
from portal.db import db
from portal.reviews.settlement import losers
from tests.bare_app import at_once
from tests.browser import Browser, Page
from tests.portal.claims.holdings import check_holdings
from tests.portal.claims.rivals import ANSWERS, BY_CUSTOMER, BY_PARTNER, PARTNERS, REVIEWERS, USAGE, Rivals

TEAMS, INTUNE, EXCHANGE = USAGE
# A race is a matter of luck, so `make soak` runs many of each.
rounds = pytest.mark.parametrize(
    "round_", [0, *(pytest.param(number, marks=pytest.mark.soak) for number in range(1, 25))]
)
DONE, REFUSED, STALE, LINK_GONE = 303, 422, 409, 404
Outcomes = tuple[int, ...]


@pytest.fixture
def rivals(app: Flask, clock: FixedClock) -> Rivals:
    made = Rivals(app, clock)
    made.new_customer()
    return made


@dataclass(frozen=True)
class Posting:
    """A form that somebody has open, ready to be sent."""

    browser: Browser
    path: str
    values: dict[str, str]
    seen: tuple[str, ...] = ()  # the claims that it names as those that end

    def send(self, app: Flask) -> Page:
        client = app.test_client(use_cookies=False)
        cookie = {"Cookie": self.browser.cookie_header()}
        return Page(
            self.path, client.post(self.path, data={**self.values, SEEN: [*self.seen]}, headers=cookie)
        )


def opened(rivals: Rivals, action: str, number: str, reviewer: str = REVIEWERS[0]) -> Posting:
    """Fill in the action on the claim as it is now, also where its page offers none of it any more."""
    values = {name: texts[0] for name, texts in ANSWERS.get(action, {}).items()}
    if action in BY_CUSTOMER:
        claim_id, browser = rivals.claim(number).id, Browser(rivals.app)
        with rivals.context():
            link = link_in_force(db.session(), claim_id)
            assert link is not None
            path = f"/consent/{token_for(rivals.desk.secret, link)}"
        browser.visit(path)
        return Posting(browser, path, {"answer": action, "csrf_token": browser.csrf_token()})
    with rivals.context():
        transition = rivals.desk.policies.in_force().transitions[action]
    place, _, noun = transition.path[0].partition("/")
    browser = rivals.browser(rivals.who(action, number, reviewer).email if action in BY_PARTNER else reviewer)
    browser.visit("/profile/mails")  # any page has the token, and this one is soon there
    known = {"version": str(rivals.claim(number).version), "csrf_token": browser.csrf_token()}
    with rivals.context():
        shown = losers(db.session(), rivals.desk, claim_by_number(db.session(), number), action)
    seen = tuple(one.seen for one in shown)
    return Posting(browser, f"/{place}/{number}/{noun}", values | transition.chosen_by | known, seen)


def race(rivals: Rivals, *postings: Posting) -> Outcomes:
    """Send all at once; return what each is answered. Nobody is shown an error, and losers are told why."""
    pages: list[Page | None] = [None] * len(postings)

    def send(place: int) -> Callable[[], None]:
        return lambda: pages.__setitem__(place, postings[place].send(rivals.app))

    at_once(send(place) for place in range(len(postings)))
    with rivals.context():
        check_holdings(db.session(), rivals.organizations)
    for page in pages:
        assert page is not None
        if page.status in {REFUSED, STALE}:
            (told, *_) = page.select("[role=alert]")
            assert len(told.text_content().split()) > 10
        elif page.status == LINK_GONE:
            assert page.path.startswith("/consent/")
            assert "link" in page.text
    return tuple(page.status for page in pages if page is not None)


def statuses(rivals: Rivals, *numbers: str) -> tuple[str, ...]:
    return tuple(rivals.claim(number).status for number in numbers)


@rounds
def test_two_reviewers_approve_one_claim(rivals: Rivals, round_: int) -> None:
    number = rivals.reviewed("contoso", (TEAMS, INTUNE))
    forms = [opened(rivals, "approve", number, who) for who in REVIEWERS[:2]]
    assert sorted(race(rivals, *forms)) == [DONE, STALE]


@rounds
def test_two_reviewers_approve_claims_that_meet_on_one_product(rivals: Rivals, round_: int) -> None:
    """Neither may win without a settlement: both are told of the other, and the unit stays free."""
    one = rivals.reviewed("contoso", (TEAMS, INTUNE))
    other = rivals.reviewed("fabrikam", (INTUNE, EXCHANGE))
    forms = [
        opened(rivals, "approve", number, who) for number, who in zip((one, other), REVIEWERS, strict=False)
    ]
    assert race(rivals, *forms) == (REFUSED, REFUSED)


@rounds
def test_an_approval_and_a_settlement_for_another_claim(rivals: Rivals, round_: int) -> None:
    one = rivals.reviewed("contoso", (TEAMS, INTUNE))
    other = rivals.reviewed("fabrikam", (INTUNE, EXCHANGE))
    outcomes = race(rivals, opened(rivals, "approve", one), opened(rivals, "settle", other, REVIEWERS[1]))
    assert outcomes in {(REFUSED, DONE), (STALE, DONE)}
    assert statuses(rivals, one, other) == ("rejected", "approved")


@rounds
def test_three_settlements_of_claims_that_meet_in_a_ring(rivals: Rivals, round_: int) -> None:
    chosen = [(TEAMS, INTUNE), (INTUNE, EXCHANGE), (EXCHANGE, TEAMS)]
    numbers = [rivals.reviewed(partner, both) for partner, both in zip(PARTNERS, chosen, strict=True)]
    forms = [opened(rivals, "settle", one, who) for one, who in zip(numbers, REVIEWERS, strict=False)]
    outcomes = race(rivals, *forms)
    assert sorted(outcomes) == [DONE, STALE, STALE]
    won = statuses(rivals, *numbers)
    assert won == tuple("approved" if outcome == DONE else "rejected" for outcome in outcomes)


@rounds
def test_two_settlements_that_would_end_the_same_third_claim(rivals: Rivals, round_: int) -> None:
    """The winners do not compete, so the second has nothing left to settle, and is approved by itself."""
    one, other = rivals.reviewed("contoso", (TEAMS,)), rivals.reviewed("fabrikam", (INTUNE,))
    both = rivals.reviewed("tailspin", (TEAMS, INTUNE))
    forms = [
        opened(rivals, "settle", number, who) for number, who in ((one, REVIEWERS[0]), (other, REVIEWERS[1]))
    ]
    outcomes = race(rivals, *forms)
    assert sorted(outcomes) == [DONE, REFUSED]
    late = one if outcomes[0] == REFUSED else other
    assert statuses(rivals, both, late) == ("rejected", "under_review")
    assert race(rivals, opened(rivals, "approve", late)) == (DONE,)


@rounds
@pytest.mark.parametrize("leaves", ["decline", "disassociate"])
def test_a_holder_that_leaves_and_a_settlement_against_it(rivals: Rivals, leaves: str, round_: int) -> None:
    held = rivals.reviewed("contoso", (TEAMS, INTUNE))
    assert rivals.tried("approve", held) == ""
    late = rivals.reviewed("fabrikam", (INTUNE, EXCHANGE))
    left, settled = race(rivals, opened(rivals, leaves, held), opened(rivals, "settle", late, REVIEWERS[1]))
    ended, refused = {"decline": ("rejected", LINK_GONE), "disassociate": ("rejected_final", STALE)}[leaves]
    if settled == DONE:
        assert left == refused
        assert statuses(rivals, held, late) == ("rejected", "approved")
    else:
        assert (left, settled) == (DONE, REFUSED)
        assert statuses(rivals, held, late) == (ended, "under_review")


@rounds
@pytest.mark.parametrize("leaves", ["decline", "disassociate"])
def test_a_holder_that_leaves_and_a_dispute_that_is_approved(
    rivals: Rivals, leaves: str, round_: int
) -> None:
    disputed = rivals.reviewed("fabrikam", (INTUNE, EXCHANGE))
    held = rivals.reviewed("contoso", (TEAMS, INTUNE))
    assert rivals.tried("settle", held, REVIEWERS[1]) == rivals.tried("dispute", disputed) == ""
    judge = next(
        one for one in REVIEWERS[2:] if rivals.claim(disputed).reviewer_id == rivals.actors[one].person_id
    )
    forms = opened(rivals, leaves, held), opened(rivals, "approve_dispute", disputed, judge)
    left, approved = race(rivals, *forms)
    assert left == DONE
    assert approved in {DONE, REFUSED}
    assert statuses(rivals, disputed) == ("approved" if approved == DONE else "dispute",)


@rounds
def test_an_approval_and_a_rival_that_is_submitted(rivals: Rivals, round_: int) -> None:
    one, other = rivals.reviewed("contoso", (TEAMS, INTUNE)), rivals.file("fabrikam", (INTUNE, EXCHANGE))
    outcomes = race(rivals, opened(rivals, "approve", one), opened(rivals, "submit", other))
    assert outcomes in {(DONE, DONE), (REFUSED, DONE)}
    assert statuses(rivals, one, other) == (
        "approved" if outcomes[0] == DONE else "under_review", "submitted",
    )  # fmt: skip


# ── processes, which share nothing but the database ──

WAYS = (
    "submit", "start_review", "approve", "approve_dispute", "settle", "settle", "reject", "dispute",
    "decline", "disassociate", "deny_dispute", "request_information", "resubmit", "request_rejection",
)  # fmt: skip


def scramble(rivals: Rivals, numbers: list[str], seed: int, steps: int, done: Path) -> None:
    """Try whatever comes to mind, in a process of its own; every way out but a refusal in words ends it."""
    chance, moved = random.Random(seed), 0
    for _ in range(steps):
        action, number, who = chance.choice(WAYS), chance.choice(numbers), chance.choice(REVIEWERS)
        moved += rivals.tried(action, number, who) == ""
    done.write_text(str(moved), encoding="ascii")


def begun(work: Callable[[], None]) -> int:
    """Begin a process that does `work` with connections of its own; return its id."""
    process = os.fork()
    if process == 0:
        try:
            work()
        except BaseException:  # noqa: BLE001  # told here, because the process must not go on as a test
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return process


def held_twice(session: Session) -> list[tuple[str, str]]:
    """Return by one statement, and so of one moment, what several approved claims hold."""
    unit = (Customer.tenant_id, ClaimProduct.product)
    query = select(*unit).select_from(Claim).join(Customer, Customer.id == Claim.customer_id)
    query = query.join(ClaimProduct, ClaimProduct.claim_id == Claim.id).where(Claim.status == "approved")
    found = session.execute(query.group_by(*unit).having(func.count(Claim.id.distinct()) > 1)).all()
    return [(tenant, product) for tenant, product in found]


def processes_contend(rivals: Rivals, folder: Path, processes: int, steps: int) -> None:
    """Let processes contend for claims that meet in many ways, and look on while they do."""
    numbers = [rivals.reviewed(partner, (TEAMS, INTUNE)) for partner in PARTNERS]
    numbers += [rivals.reviewed(partner, (EXCHANGE,)) for partner in PARTNERS[:2]]
    numbers += [rivals.file(partner, (INTUNE, EXCHANGE)) for partner in PARTNERS[1:]]
    seed, files = random.SystemRandom().getrandbits(32), [folder / f"{n}.done" for n in range(processes)]

    def work(place: int) -> Callable[[], None]:
        def do() -> None:
            with rivals.app.app_context():
                db.engine.dispose(close=False)  # the connections are the other process's
            scramble(rivals, numbers, seed + place, steps, files[place])

        return do

    with rivals.context():
        db.session.remove()
        db.engine.dispose()
    running = {begun(work(place)) for place in range(processes)}
    failed = []
    while running:
        with rivals.context():
            assert held_twice(db.session()) == [], f"seed {seed}"
        for process in tuple(running):
            ended, status = os.waitpid(process, os.WNOHANG)
            if ended:
                running.discard(process)
                failed += [status] if status else []
    assert failed == [], f"seed {seed}"
    assert sum(int(file.read_text("ascii")) for file in files) > 0
    with rivals.context():
        check_holdings(db.session(), numbers)


def test_processes_contend_for_units(rivals: Rivals, tmp_path: Path) -> None:
    processes_contend(rivals, tmp_path, processes=2, steps=12)


@pytest.mark.soak
def test_many_processes_contend_for_units(rivals: Rivals, tmp_path: Path) -> None:
    for number in range(5):
        rivals.new_customer()
        rivals.organizations.clear()
        folder = tmp_path / str(number)
        folder.mkdir()
        processes_contend(rivals, folder, processes=4, steps=120)
