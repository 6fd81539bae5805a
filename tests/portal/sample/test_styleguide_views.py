"""The style guide shows every component, and only the demo has it."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from jinja2 import nodes
from werkzeug.exceptions import NotFound

from portal.app import TEMPLATES, create_app
from portal.clock import FixedClock
from portal.db import db
from portal.sample.styleguide_views import COLORS
from portal.settings import Settings
from portal.web.static_files import STATIC
from tests.browser import Browser

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
COLOR = re.compile(r"--([a-z-]+): (?:light-dark\(|#)")


@pytest.fixture
def demo(settings: Settings, clock: FixedClock) -> Iterator[Flask]:
    app = create_app(settings.model_copy(update={"demo": True}), clock=clock)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def called(app: Flask, folder: str) -> Iterator[str]:
    """Yield the name of everything that the templates of a folder call."""
    for path in sorted((TEMPLATES / folder).glob("*.html")):
        tree = app.jinja_env.parse(path.read_text(encoding="utf-8"))
        for call in tree.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name):
                yield call.node.name


def test_the_page_is_sound(demo: Flask) -> None:
    page = Browser(demo).visit("/styleguide")
    assert page.heading == "Style guide"


def test_only_the_demo_has_it(app: Flask) -> None:
    Browser(app).visit("/styleguide", status=NotFound.code)


def test_it_shows_every_component(demo: Flask) -> None:
    macros = {
        macro.name
        for path in (TEMPLATES / "components").glob("*.html")
        for macro in demo.jinja_env.parse(path.read_text(encoding="utf-8")).find_all(nodes.Macro)
    }
    shown = set(called(demo, "styleguide"))
    within = set(called(demo, "components"))
    assert macros - shown - within == set(), "call them in templates/styleguide"


def test_it_shows_every_color(demo: Flask) -> None:
    tokens = (STATIC / "styles" / "tokens.css").read_text(encoding="utf-8")
    assert set(COLOR.findall(tokens)) == set(COLORS)
