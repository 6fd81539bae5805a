"""Every page of the sample house in a language that somebody has just translated the interface into.

The language is made up: each sentence of `interface.pot` stands in brackets. Whatever a page shows outside of
brackets has to come from the policy or from the house, for else nobody could translate it.
"""

from collections.abc import Iterator

import pytest
from lxml import html

from portal.app import create_app
from portal.db import db
from portal.settings import SQLITE_FILE
from portal.web.errors import IN_ENGLISH
from tests.browser import Browser
from tests.e2e import states_accounts, states_claims, states_errors, states_money, states_reviews
from tests.e2e.bare_words import Known, bare, house_says
from tests.e2e.sample_house import Found, add_failing_routes, sample_at, shared_by_a_run
from tests.e2e.states import STRANGER
from tests.portal.languages.made_up import in_brackets

pytestmark = pytest.mark.pages

ALL = (
    *states_accounts.STATES,
    *states_claims.STATES,
    *states_reviews.STATES,
    *states_money.STATES,
    *states_errors.STATES,
)
# The styleguide stays English, as do the pages of what went wrong in the portal; what is done on a page is
# answered by pages that are here as well.
STATES = {one.name: one for one in ALL if not one.steps and "style" not in one.name and one.status < 500}


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with in_brackets(tmp_path_factory.mktemp("translations")):
        yield


@pytest.fixture(scope="module")
def found(made_up: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Found]:
    own = tmp_path_factory.mktemp("sample") / "house"
    app = create_app(sample_at(shared_by_a_run(tmp_path_factory.getbasetemp()), own))
    add_failing_routes(app)
    yield Found(app)
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="module")
def known(found: Found) -> Known:
    """Everything that the policy and the house say, and the names that are the same in every language."""
    return Known(house_says(found.desk.settings.data_dir / SQLITE_FILE))


@pytest.mark.parametrize("name", STATES)
def test_a_page_says_nothing_that_cannot_be_translated(found: Found, known: Known, name: str) -> None:
    state, browser = STATES[name], Browser(found.app, language="de")
    if state.who != STRANGER:
        browser.enter(state.who)
    page = browser.visit(state.address(found), status=state.status)
    if state.status in IN_ENGLISH:
        assert page.tree.get("lang") == "en", "it is wholly in English, by `answer_in_english`"
        return
    assert "⟦" in page.text
    left = [said for said in bare(page.tree) if said not in known]
    print("LEFT", name, left)
    assert left == []


def test_words_outside_of_brackets_would_be_found() -> None:
    page = html.document_fromstring(
        "<p title='⟦a ⟦b⟧⟧'>⟦Hello ⟦there⟧⟧ stranger <b>⟦you⟧</b>, 14. Mai 2026</p>"
    )
    assert list(bare(page)) == ["stranger"]
