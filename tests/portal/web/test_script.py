"""The portal's own script and htmx in Chromium, under the content security policy, on an invented page."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Blueprint, Flask, Response, request
from jinja2 import ChoiceLoader, FileSystemLoader
from playwright.sync_api import Browser, Dialog, Page, expect

from portal.app import TEMPLATES
from portal.clock import FixedClock
from portal.web.access import allow_anyone
from portal.web.errors import error_page
from portal.web.htmx import respond
from tests.portal.web.invented import invented_app
from tests.serving import served

pytestmark = pytest.mark.browser

PAGE = """{% extends "layouts/page.html" %}
{% from "components/forms.html" import button, csrf, error_summary, field %}
{% from "components/dialogs.html" import dialog %}
{% block heading %}Dough{% endblock %}
{% block content %}
  {{ error_summary([("flour", "Name the flour.")] if faulty else []) }}
  <form method="post" action="/dough" id="plain">{{ csrf() }}{{ field("flour", "Flour") }}
    {{ button("Throw away", "danger", confirm="Throw the dough away?") }}</form>
  {% include "_part.html" %}
  <button type="button" data-hx-get="/fails" data-hx-target="#part">Fail</button>
  <form method="post" action="/dough" id="part-form"
        data-hx-post="/part" data-hx-target="#part" data-hx-swap="outerHTML">
    {{ csrf() }}{{ button("Knead") }}</form>
  {% call dialog("rest", "Let it rest?", "Rest") %}<p>It takes an hour.</p>{% endcall %}
{% endblock %}"""
PART = """<div id="part"{% if times %} data-announce="Kneaded {{ times }} times"{% endif %}>
{% if times %}<p>Kneaded {{ times }} times</p>
<p tabindex="-1" id="news" data-focus>New</p>{% endif %}</div>"""


class Bakery:
    """What the page did on the server."""

    def __init__(self) -> None:
        self.thrown = 0
        self.kneaded = 0

    def routes(self) -> Blueprint:
        blueprint = Blueprint("dough", __name__)

        @blueprint.get("/dough")
        @allow_anyone
        def dough() -> Response:
            return respond("dough.html", faulty="faulty" in request.args, times=0)

        @blueprint.post("/dough")
        @allow_anyone
        def throw() -> tuple[str, int]:
            self.thrown += 1
            return "", 204

        @blueprint.post("/part")
        @allow_anyone
        def knead() -> Response:
            self.kneaded += 1
            return respond("dough.html", "_part.html", status=422, times=self.kneaded, faulty=False)

        @blueprint.get("/fails")
        @allow_anyone
        def fails() -> Response:
            return error_page(503)

        return blueprint


@pytest.fixture
def bakery_done() -> Bakery:
    return Bakery()


@pytest.fixture
def address(clock: FixedClock, tmp_path: Path, bakery_done: Bakery) -> Iterator[str]:
    (tmp_path / "dough.html").write_text(PAGE)
    (tmp_path / "_part.html").write_text(PART)
    app: Flask = invented_app(clock)
    app.jinja_loader = ChoiceLoader([FileSystemLoader(tmp_path), FileSystemLoader(TEMPLATES)])
    app.register_blueprint(bakery_done.routes())
    with served(app) as address:
        yield address


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    opened = chromium.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on(
        "console",
        lambda line: complaints.append(line.text) if "Content Security Policy" in line.text else None,
    )
    yield opened
    opened.close()
    assert complaints == []


def test_what_cannot_be_undone_is_asked_first(page: Page, address: str, bakery_done: Bakery) -> None:
    questions: list[str] = []

    def refuse(dialog: Dialog) -> None:
        questions.append(dialog.message)
        dialog.dismiss()

    page.goto(f"{address}/dough")
    page.once("dialog", refuse)
    page.click("text=Throw away")
    assert questions == ["Throw the dough away?"]
    assert bakery_done.thrown == 0
    page.once("dialog", lambda dialog: dialog.accept())
    with page.expect_response("**/dough"):
        page.click("text=Throw away")
    assert bakery_done.thrown == 1


def test_a_double_click_sends_once(page: Page, address: str, bakery_done: Bakery) -> None:
    page.goto(f"{address}/dough")
    page.on("dialog", lambda dialog: dialog.accept())
    with page.expect_response("**/dough"):
        page.evaluate("for (let i = 0; i < 2; i++) document.querySelector('#plain button').click()")
    page.goto(f"{address}/dough")  # whatever a second sending did has arrived by now
    assert bakery_done.thrown == 1


def test_a_refused_part_is_shown_announced_and_gets_the_focus(
    page: Page, address: str, bakery_done: Bakery
) -> None:
    page.goto(f"{address}/dough")
    page.click("button:has-text('Knead')")
    page.wait_for_selector("#part >> text=Kneaded 1 times")
    # Waiting for a function would evaluate a text, which the content security policy forbids.
    expect(page.locator("#announcer")).to_have_text("Kneaded 1 times")
    expect(page.locator("#news")).to_be_focused()
    page.click("button:has-text('Knead')")
    page.wait_for_selector("#part >> text=Kneaded 2 times")
    assert bakery_done.kneaded == 2


def test_a_failure_is_told_where_notices_stand_and_leaves_the_part_alone(page: Page, address: str) -> None:
    page.goto(f"{address}/dough")
    page.click("text=Fail")
    page.wait_for_selector("#flashes >> text=The portal cannot do this at the moment")
    assert page.inner_text("#part") == ""
    expect(page.locator("#error-notice")).to_be_focused()


def test_a_page_with_errors_begins_at_them(page: Page, address: str) -> None:
    page.goto(f"{address}/dough?faulty=1")
    expect(page.locator("#error-summary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.url.endswith("#flour")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_sticks_out_at_any_width(page: Page, address: str, width: int, scheme: str) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of its words
    for path in ("/dough?faulty=1", "/nowhere"):
        page.goto(f"{address}{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_no_answer_at_all_is_told_where_everybody_sees_it(page: Page, address: str) -> None:
    page.goto(f"{address}/dough")
    page.route("**/fails", lambda route: route.abort())
    page.click("text=Fail")
    expect(page.locator("#flashes [role=alert]")).to_contain_text("did not answer")


def test_a_dialog_opens_over_the_page_and_gives_the_focus_back(page: Page, address: str) -> None:
    page.goto(f"{address}/dough")
    page.click("summary:text-is('Rest')")
    expect(page.locator("dialog:modal p").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#rest")).to_be_hidden()
    assert page.evaluate("document.activeElement.textContent.trim()") == "Rest"
    page.click("summary:text-is('Rest')")
    page.click("dialog button:text-is('Close')")
    expect(page.locator("#rest")).to_be_hidden()


def test_a_dialog_opens_below_its_button_without_the_script(page: Page, address: str) -> None:
    page.route("**/portal.js*", lambda route: route.abort())
    page.goto(f"{address}/dough")
    expect(page.locator("#rest")).to_be_hidden()
    page.click("summary:text-is('Rest')")
    expect(page.locator("#rest")).to_contain_text("It takes an hour.")
    expect(page.locator("#rest button:text-is('Close')")).to_be_hidden()
