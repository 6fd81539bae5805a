"""Every page in every state that can be reached in the demo, at four widths, in both color schemes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Response

from tests.e2e import states_accounts, states_claims, states_errors, states_money, states_reviews
from tests.e2e.markup import Checker, running_checker
from tests.e2e.sample_house import Found, shared_by_a_run
from tests.e2e.serving import Windows, served_sample
from tests.e2e.states import State

pytestmark = [pytest.mark.browser, pytest.mark.pages]

WIDTHS = (390, 768, 1280, 1920)
SCHEMES = ("light", "dark")
# axe is slow; what it judges differs between a narrow and a usual window, and between the schemes.
AXE_WIDTHS = (390, 1280)
VIOLATIONS = {"resultTypes": ["violations"]}  # axe need not write down what is right
AXE = {**VIOLATIONS, "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
# A scheme is other colors of the same elements, so what does not look at colors is asked in one of them.
AXE_OF_COLORS = {**VIOLATIONS, "runOnly": ["color-contrast", "link-in-text-block"]}
SCRIPT = (Path(__file__).parent / "page_faults.js").read_text(encoding="utf-8")
STATES = (
    *states_accounts.STATES,
    *states_money.STATES,
    *states_claims.STATES,
    *states_reviews.STATES,
    *states_errors.STATES,
)
# What Chromium says of an answer with an error of its own, and htmx of one that it was given.
OF_THE_ANSWER = "Failed to load resource: the server responded with a status of"
OF_HTMX = "Response Status Error Code"


@pytest.fixture(scope="session")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Found, str]]:
    """The sample house, served; it is built once for all processes of the run."""
    own = tmp_path_factory.mktemp("sample") / "house"
    with served_sample(shared_by_a_run(tmp_path_factory.getbasetemp()), own) as served:
        yield served


@pytest.fixture(scope="session")
def checker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checker]:
    with running_checker(tmp_path_factory.mktemp("checker") / "log") as checker:
        yield checker


@pytest.fixture(scope="session")
def windows(chromium: Browser, found: tuple[Found, str]) -> Windows:
    return Windows(chromium, *found)


class Seen:
    """What a window was answered and what it said while a state was brought about."""

    def __init__(self, page: Page, state: State) -> None:
        self._state = state
        self.faults: list[str] = []
        self.answers: list[Response] = []
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.faults.append(f"A script failed: {error}"))
        page.on("dialog", lambda dialog: dialog.accept())
        page.on("response", self._answered)

    def _said(self, told: ConsoleMessage) -> None:
        expected = told.text.startswith(OF_THE_ANSWER) or (self._state.errs and OF_HTMX in told.text)
        if told.type == "error" and not expected:
            self.faults.append(f"The console says: {told.text}")

    def _answered(self, response: Response) -> None:
        if response.request.is_navigation_request() and response.status not in range(300, 400):
            self.answers.append(response)
        elif response.status >= 400 and response.request.resource_type not in ("document", "xhr", "fetch"):
            self.faults.append(f"{response.url} was answered with {response.status}.")


def looks(page: Page) -> list[str]:
    """Return what is wrong with how the page looks, at every width and in both schemes."""
    faults = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]  # literals
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            where = f"{width} {scheme}"
            faults += [f"{where}: {fault}" for fault in page.evaluate(SCRIPT)]
            if width in AXE_WIDTHS:
                axe = Axe().run(page, options=AXE if scheme == SCHEMES[0] else AXE_OF_COLORS)
                faults += [f"{where}: {fault}" for fault in violations(axe.response)]
    return faults


def violations(told: dict[str, list[dict[str, object]]]) -> list[str]:
    """Return a sentence for each element in which axe sees a violation."""
    return [
        f"{rule['id']}: {node['target']} {str(node['failureSummary']).replace(chr(10), ' ')[:300]}"
        for rule in told["violations"]
        for node in rule["nodes"]  # type: ignore[attr-defined]  # axe's report
    ]


def test_there_are_as_many_states_as_were_asked_for() -> None:
    names = [state.name for state in STATES]
    assert len(names) == len(set(names)) >= 60


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
def test_every_page(state: State, windows: Windows, found: tuple[Found, str], checker: Checker) -> None:
    with windows.of(state.who) as context:
        faults = faults_of(state, context.new_page(), found[0], checker)
        assert not faults, "\n".join(faults)


def faults_of(state: State, page: Page, found: Found, checker: Checker) -> list[str]:
    """Bring the state about in `page` and return a sentence for each thing that is wrong with it."""
    page.set_default_timeout(20_000)
    seen = Seen(page, state)
    page.goto(state.address(found))
    for step in state.steps:
        step(page)
    answer = seen.answers[-1]
    assert answer.status == state.status, page.locator("main").inner_text()[:600]
    markup = [f"Markup: {error}" for error in checker.errors(answer.text())]
    return [*seen.faults, *markup, *looks(page)]
