"""Whatever is imported, undone or imported again: each eligibility comes out again as it was stored."""

import copy
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from portal.accounts.actor import SYSTEM_ACTOR
from portal.app import create_app
from portal.audit.model import AuditEvent
from portal.claims.eligibility import ELIGIBILITY, eligibility_of, reasons_kept
from portal.claims.queries import claim_by_number
from portal.clock import FixedClock
from portal.db import db
from portal.imports.using import undo
from portal.incentives.following import follow_imports
from portal.policies.decisions import unpack_facts
from portal.policies.model import StoredDecision
from portal.policies.rechecking import recheck
from portal.settings import Settings
from tests.portal.claims.rivals import Rivals
from tests.portal.incentives.sheets import READING, bring, csv_of

EARNING = {"active", "in_grace"}
Said = tuple[str, str, str, str]  # product, subscription, state, day
readings = st.tuples(
    st.sampled_from(["teams", "teams", "teams", "intune", "exchange_online", "power_bi"]),
    st.sampled_from(["sub-1", "sub-1", "SUB-1", "sub-2"]),
    st.sampled_from(["active", "in_grace", "suspended", "ended", "ended"]),
    st.sampled_from(["2026-11-01", "2026-11-02", "2026-11-03"]),
)
# Which file a step is about is a number, taken modulo how many there are.
steps = st.lists(
    st.one_of(
        st.tuples(st.just("bring"), st.lists(readings, min_size=1, max_size=4)),
        st.tuples(st.just("bring"), st.lists(readings, min_size=1, max_size=2)),
        st.tuples(st.just("bring_again"), st.integers(0, 7)),
        st.tuples(st.just("undo"), st.integers(0, 7)),
        st.tuples(st.just("follow"), st.none()),
    ),
    min_size=3,
    max_size=12,
)


class Money:
    """Three claims that were assessed, two of them under a policy in which what is suspended earns too."""

    def __init__(self, before: Rivals, after: Rivals) -> None:
        self.rivals = after
        after.new_customer()
        before.tenant = after.tenant
        self.claims = {
            approved(before, "contoso", ("teams",)): ({("teams", "")}, EARNING),
            approved(after, "fabrikam", ("intune", "exchange_online")): (
                {("intune", ""), ("exchange_online", "")},
                EARNING | {"suspended"},
            ),
            approved(after, "tailspin", ("power_bi",), "SUB-1"): (
                {("power_bi", "sub-1")},
                EARNING | {"suspended"},
            ),
        }
        after.wait(8)
        self.in_use: list[tuple[int, list[Said]]] = []
        for number in self.claims:
            assert after.tried("agree", number) == ""  # whatever is done lets the time act first

    def bring(self, said: list[Said]) -> None:
        names = ("product", "subscription_id", "state", "as_of")
        rows = [{"tenant_id": self.rivals.tenant} | dict(zip(names, one, strict=True)) for one in said]
        outcome = bring(self.rivals, "subscriptions", csv_of(READING, rows))
        if outcome.used:
            self.in_use.append((outcome.number, said))

    def bring_again(self, which: int) -> None:
        if self.in_use:
            self.bring(self.in_use[which % len(self.in_use)][1])

    def undo(self, which: int) -> None:
        if self.in_use:
            number, _ = self.in_use.pop(which % len(self.in_use))
            with self.rivals.context():
                undo(self.rivals.app.extensions["importer"], number, SYSTEM_ACTOR)

    def follow(self, _: None = None) -> None:
        """Decide again: every claim is as the facts are now, and the same answer leaves no decision."""
        before, decided = self.shown(), self.decisions()
        with self.rivals.context():
            follow_imports(self.rivals.desk)
        now = self.shown()
        assert {number: outcome for number, (outcome, _) in now.items()} == {
            number: self.expected(number) for number in self.claims
        }
        changed = Counter({number: 1 for number in self.claims if now[number] != before[number]})
        assert self.decisions() - decided == changed
        self.check()

    def expected(self, number: str) -> str:
        """Return what the claim's state must be, counted from the files in use."""
        newest: dict[tuple[str, str], tuple[str, str]] = {}
        for product, subscription, state, day in (one for _, said in self.in_use for one in said):
            of = (product, subscription.lower())
            newest[of] = max(newest.get(of, ("", "")), (day, state))
        products, earning = self.claims[number]
        states = {
            state
            for (product, subscription), (_, state) in newest.items()
            if {(product, ""), (product, subscription)} & products
        }
        return "not_eligible" if states and not states & earning else "eligible"

    def shown(self) -> dict[str, tuple[str, list[dict[str, str | None]]]]:
        claims = {number: self.rivals.claim(number) for number in self.claims}
        return {number: (claim.eligibility, claim.eligibility_reasons) for number, claim in claims.items()}

    def decisions(self) -> Counter[str]:
        query = select(StoredDecision.subject).where(StoredDecision.question == ELIGIBILITY)
        with self.rivals.context():
            return Counter(db.session.scalars(query))

    def check(self) -> None:
        """What is kept and shown is the last decision, which comes out again from its stored facts."""
        with self.rivals.context():
            for number in self.claims:
                claim = claim_by_number(db.session(), number)
                last = self.last_decision(number)
                assert last.policy_version == claim.policy_version
                rulebook = self.rivals.desk.policies.composed(last.policy_version, last.roles_version)
                again = rulebook.replay(ELIGIBILITY, unpack_facts(last.facts))
                assert (again.outcome, [[one.code, one.subject] for one in again.reasons]) == (
                    last.outcome, last.rules,
                )  # fmt: skip
                assert (claim.eligibility, claim.eligibility_reasons) == (again.outcome, reasons_kept(again))
                words = rulebook.policy.questions[ELIGIBILITY].called(again.outcome)
                told = tuple(reason.text for reason in again.reasons)
                assert eligibility_of(db.session(), self.rivals.desk, claim) == (words, told)

    def last_decision(self, number: str) -> StoredDecision:
        """Return the last one that was stored, which the last assessment in the audit must name."""
        of_claim = (StoredDecision.subject == number, StoredDecision.question == ELIGIBILITY)
        last = db.session.scalars(select(StoredDecision).where(*of_claim).order_by(StoredDecision.id.desc()))
        events = db.session.scalars(
            select(AuditEvent)
            .where(AuditEvent.subject == f"claim:{number}")
            .order_by(AuditEvent.place.desc())
        )
        named = next(event.details for event in events if "eligibility_decision" in event.details)
        found = last.first()
        assert found is not None
        assert (named["eligibility_decision"], named["eligibility"]) == (found.id, found.outcome)
        return found


def approved(rivals: Rivals, partner: str, products: tuple[str, ...], subscription: str = "") -> str:
    number = rivals.file(partner, products, subscription)
    for action in ("submit", "start_review", "approve"):
        assert rivals.tried(action, number) == ""
    return number


@pytest.fixture
def money(app: Flask, settings: Settings, clock: FixedClock, tmp_path: Path) -> Iterator[Money]:
    rules = tmp_path / "rules"
    shutil.copytree(settings.rules_dir, rules)
    path = rules / "incentives.yaml"
    text = path.read_text(encoding="utf-8")
    assert text.count("a bill is open.'}") == 1
    path.write_text(text.replace("a bill is open.'}", "a bill is open.', earns: true}"), encoding="utf-8")
    later = create_app(settings.model_copy(update={"rules_dir": rules}), clock=clock)
    before = Rivals(app, clock)
    after = copy.copy(before)
    after.app, after.desk = later, later.extensions["desk"]
    with after.context():
        after.desk.policies.in_force()
    yield Money(before, after)
    with later.app_context():
        db.engine.dispose()


def import_and_undo(money: Money, examples: int, *, shrink: bool = False) -> None:
    phases = {Phase.reuse, Phase.generate} | ({Phase.shrink} if shrink else set())  # shrinking takes minutes

    @settings(max_examples=examples, phases=phases, suppress_health_check=list(HealthCheck))
    @given(steps)
    def any_order(wanted: list[tuple[str, object]]) -> None:
        while money.in_use:
            money.undo(0)
        money.follow()
        assert {outcome for outcome, _ in money.shown().values()} == {"eligible"}
        for step, about in wanted:
            getattr(money, step)(about)
            money.check()
        money.follow()
        # What is imported once more, and taken back again, says nothing new.
        decided = money.decisions()
        for _, said in tuple(money.in_use):
            money.bring(said)
        money.follow()
        for _ in range(len(money.in_use) // 2):
            money.undo(-1)
        money.follow()
        assert money.decisions() == decided

    any_order()
    with money.rivals.context():
        found = recheck(db.session(), money.rivals.desk.policies)
        assert found.differences == ()
        assert found.decided > len(money.claims)


@pytest.mark.broad
def test_eligibility_decides_again_as_it_was_stored(money: Money) -> None:
    import_and_undo(money, examples=12)


@pytest.mark.soak
def test_eligibility_decides_again_in_many_orders(money: Money) -> None:
    import_and_undo(money, examples=200, shrink=True)
