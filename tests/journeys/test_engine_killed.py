"""Without durable-rules nothing is decided: every action at every status is refused and changes nothing."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from lxml import html
from sqlalchemy import MetaData, select

from portal.db import db
from portal.rulebook.decision import CouldNotBeDecided
from portal.work.sweep import sweep
from tests.browser import Browser
from tests.form_filling import Filled, Given, fill
from tests.journeys.scene import CASEY, FABRIKAM, REVIEWER2, Scene
from tests.journeys.steps import Somebody, letter

# Looking around may change these: when somebody was last seen.
NOT_ABOUT_CLAIMS = {"sessions", "alembic_version"}
ENGINE = "durable_rules_engine"


pytestmark = pytest.mark.broad


def test_without_the_engine_every_action_is_refused(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    kill = Killed(scene, monkeypatch)
    partner, reviewer, other = scene.partner(), scene.reviewer(), scene.reviewer(REVIEWER2)

    partner.open("/claims/new")
    kill.everything_on_the_page(partner.browser)
    number = partner.draft_claim()
    kill.everything(number, partner)  # Draft
    partner.submit(number)
    kill.everything(number, partner, reviewer)  # Submitted
    reviewer.start_review(number)
    kill.everything(number, partner, reviewer)  # Under review
    reviewer.request_information(number, "missing_all_poe", "The letter is of another customer.")
    kill.everything(number, partner, reviewer)  # Partner action required
    partner.resubmit(number, message="It is the right one.")
    reviewer.start_review(number)
    reviewer.reject(number)
    kill.everything(number, partner, reviewer)  # Rejected
    partner.dispute(number, justification="It is the right one.")
    kill.everything(number, partner, other)  # Dispute
    rival = scene.partner(FABRIKAM).file_claim()
    kill.everything(number, other)  # Dispute, with a competitor
    other.settle(number)
    asked = next(mail for mail in scene.mailbox.new() if mail.to == CASEY)
    customer = scene.customer(asked)
    customer.reads()
    kill.everything_on_the_page(customer.browser)
    kill.everything(number, partner, reviewer)  # Approved

    # Another claim has a product that is to be removed, and is closed so that a new one can begin from it.
    second = partner.file_claim("intune exchange_online")
    reviewer.start_review(second)
    reviewer.request_information(second, "missing_products", "The letter is about Intune.", "exchange_online")
    kill.everything(second, partner)  # Partner action required, with a product to remove
    partner.request_rejection(second, "wrong_activity")
    kill.everything(second, partner)  # Rejected, and not disputable

    # Nothing was left out: whatever the policy lets people do was tried, and refused.
    assert kill.tried == {code for code, action in kill.rulebook.transitions.items() if action.path}

    # Nor does time decide without the engine. With it, all goes on.
    scene.later(days=20)
    with scene.context(), kill.dead(), pytest.raises(CouldNotBeDecided):
        sweep(scene.desk)
    assert scene.sweep() == ((number, "consent_window"),)
    partner.disassociate(number, "Adatum now works with somebody else.")
    partner.finds(number, "Rejected final", "Nobody")
    assert scene.partner(FABRIKAM).rows()[rival]["Status"] == "Rejected"


class Killed:
    """Sends the forms of a page while the engine is gone, and remembers what was tried."""

    def __init__(self, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
        self._scene = scene
        self._monkeypatch = monkeypatch
        with scene.context():
            self.rulebook = scene.desk.policies.in_force()
        self.tried: set[str | None] = set()

    @contextmanager
    def dead(self) -> Iterator[None]:
        """Let Python find no durable-rules within this block."""
        with self._monkeypatch.context() as patch:
            patch.setitem(sys.modules, ENGINE, None)
            yield

    def everything(self, number: str, *people: Somebody) -> None:
        for person in people:
            person.open_claim(number)
            self.everything_on_the_page(person.browser)

    def everything_on_the_page(self, browser: Browser) -> None:
        """Send every form of the page without the engine: each is refused with 503, and nothing changes."""
        forms = actions_of(browser)
        assert forms, browser.page.text
        before = content(self._scene)
        page = browser.page
        for filled in forms:
            browser.page = page
            with self.dead():
                refused = browser.send_filled(filled, status=503)
            assert "Nothing was changed" in refused.text
            place, *_, noun = filled.action.strip("/").split("/")
            address = place if place == "consent" else f"{place}/{noun}"
            self.tried.add(self.rulebook.transition_at(address, dict(filled.values)))
        assert content(self._scene) == before, "A refused action changed something."


def actions_of(browser: Browser) -> list[Filled]:
    """Return every form by which the page lets something be done, filled so that it would be taken."""
    found: list[Filled] = []
    for form in browser.page.select("form[method=post]"):
        if form.get("action") == "/sign-out":
            continue
        form.set("id", form.get("id") or f"form-{len(found)}")
        given: dict[str, Given] = dict.fromkeys(form.xpath(".//textarea/@name"), "Some words.")
        given |= {name: [value] for name, value in offered_codes(form)}
        given |= {name: letter() for name in form.xpath(".//input[@type='file']/@name")}
        found.append(fill(browser.page.tree, f"#{form.get('id')}", given))
    return found


def offered_codes(form: html.HtmlElement) -> list[tuple[str, str]]:
    """Return the name of each group of boxes with one value of it."""
    boxes = form.xpath(".//input[@type='checkbox']")
    return [(box.get("name"), box.get("value")) for box in boxes]


def content(scene: Scene) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table that is about claims."""
    with scene.context():
        tables = MetaData()
        tables.reflect(db.engine)
        return {
            table.name: sorted((tuple(row) for row in db.session.execute(select(table))), key=repr)
            for table in tables.sorted_tables
            if table.name not in NOT_ABOUT_CLAIMS
        }
