"""One form sent twenty times at the same moment: it has one effect, and nobody is shown an error."""

from collections.abc import Callable
from urllib.parse import urljoin

import pytest
from sqlalchemy import func, select

from portal.audit.model import AuditEvent
from portal.claims.consent_links import link_in_force, token_for
from portal.db import db
from portal.notifications.model import OutboxMessage
from portal.policies.model import StoredDecision
from tests.bare_app import at_once
from tests.browser import Browser
from tests.form_filling import Filled
from tests.portal.claims.conftest import PARTNER
from tests.portal.reviews.filing import REVIEWER, Filing

SENT = 20
rounds = pytest.mark.parametrize(
    "round_", [0, *(pytest.param(number, marks=pytest.mark.soak) for number in range(1, 50))]
)


def submit(filing: Filing) -> tuple[str, Browser, Filled]:
    number, browser = filing.draft(), filing.browser(PARTNER)
    browser.visit(f"/claims/{number}/wizard/review")
    return number, browser, browser.filled("Submit")


def dispute(filing: Filing) -> tuple[str, Browser, Filled]:
    number = filing.under_review()
    filing.do("reject", number, REVIEWER, reason="insufficient_poe", message="It shows nothing.")
    browser = filing.browser(PARTNER)
    browser.visit(f"/claims/{number}")
    return number, browser, browser.filled("Dispute", justification="Look again.")


def approve(filing: Filing) -> tuple[str, Browser, Filled]:
    number, browser = filing.under_review(), filing.browser(REVIEWER)
    browser.visit(f"/reviews/{number}")
    return number, browser, browser.filled("Approve")


def decline(filing: Filing) -> tuple[str, Browser, Filled]:
    number, browser = filing.approved(), Browser(filing.app)
    claim_id = filing.claim(number).id
    with filing.context():
        link = link_in_force(db.session(), claim_id)
        assert link is not None
        token = token_for(filing.desk.secret, link)
    browser.visit(f"/consent/{token}")
    return number, browser, browser.filled("Decline")


def counted(filing: Filing, number: str, action: str) -> tuple[int, int, int]:
    """Return how often the action is in the audit, among the decisions, and the most one address was told."""
    events = select(func.count()).where(AuditEvent.subject == f"claim:{number}", AuditEvent.action == action)
    decided = select(func.count()).where(StoredDecision.subject == number, StoredDecision.question == action)
    told = (
        select(func.count())
        .where(OutboxMessage.subject == number, OutboxMessage.event == action)
        .group_by(OutboxMessage.recipient)
    )
    with filing.context():
        session = db.session
        return session.scalar(events) or 0, session.scalar(decided) or 0, max(session.scalars(told))


@rounds
@pytest.mark.parametrize("ready", [submit, dispute, approve, decline], ids=lambda ready: ready.__name__)
def test_twenty_sendings_of_one_form_have_one_effect(
    filing: Filing, ready: Callable[[Filing], tuple[str, Browser, Filled]], round_: int
) -> None:
    number, browser, filled = ready(filing)
    path = urljoin(browser.page.path, filled.action)
    cookie = browser.cookie_header()
    answers: list[int] = []

    def send() -> None:
        client = filing.app.test_client(use_cookies=False)
        answer = client.post(path, data=dict(filled.values), headers={"Cookie": cookie})
        answers.append(answer.status_code)

    at_once([send] * SENT)
    assert answers == [303] * SENT
    assert counted(filing, number, ready.__name__) == (1, 1, 1)
