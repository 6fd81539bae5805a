"""Whoever has a keyboard alone notices what nobody sees to have the focus, and what no key comes to."""

import pytest
from playwright.sync_api import Browser

from tests.e2e.keyboard import ZOOMED, Keyboard

pytestmark = pytest.mark.browser
BAR = "<p style='position:fixed;top:0;left:0;right:0;height:90px;margin:0;background:#fff'>A bar</p>"


def walked(chromium: Browser, body: str) -> str:
    """Return what somebody says who goes to the button "Go", "" where they come to it."""
    page = chromium.new_page(viewport=ZOOMED)
    page.set_content(f"<!doctype html><html lang=en><body>{body}")
    told = ""
    try:
        Keyboard(page).go_to(page.locator("#go"))
    except AssertionError as error:
        told = str(error)
    page.close()
    return told


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("<button id=go style='outline:none'>Go</button>", "shows nothing of it"),
        ("<a href='#' style='outline:none'>On the way</a><button id=go>Go</button>", "shows nothing of it"),
        (f"{BAR}<button id=go>Go</button>", "beneath <p"),
        ("<button id=go style='position:absolute;left:-900px'>Go</button>", "out of sight"),
        ("<button id=go style='position:fixed;top:395px'>Go</button>", "out of sight"),
        ("<a href='#'>Another</a><button id=go tabindex=-1>Go</button>", "150 times Tab"),
    ],
)
def test_they_notice_what_is_unseen(chromium: Browser, body: str, told: str) -> None:
    assert told in walked(chromium, body)


@pytest.mark.parametrize(
    "body",
    [
        "<button id=go>Go</button>",
        "<p style='height:900px'>Long</p><button id=go>Go</button>",
        "<p style='width:200px'><a id=go href='#'>A link that goes on for more than a line</a></p>",
        f"{BAR}<button id=go style='margin-top:100px'>Go</button>",
        "<div id=go tabindex=0 style='height:900px'>Higher than the window</div>",
    ],
)
def test_they_come_to_what_is_seen(chromium: Browser, body: str) -> None:
    assert walked(chromium, body) == ""


def test_they_go_back_to_what_lies_behind_and_notice_that_the_focus_is_lost(chromium: Browser) -> None:
    page = chromium.new_page(viewport=ZOOMED)
    page.set_content("<button id=one>One</button><button id=two>Two</button>")
    keys = Keyboard(page)
    keys.go_to(page.locator("#two"))
    keys.go_to(page.locator("#one"))
    page.locator("#one").evaluate("one => one.addEventListener('click', () => one.remove())")
    with pytest.raises(AssertionError, match="the focus is lost"):
        keys.open(page.locator("#one"))
    page.close()
