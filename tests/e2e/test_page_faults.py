"""The script that looks at pages sees what it is there for, and nothing in a page that is sound."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

SCRIPT = (Path(__file__).parent / "page_faults.js").read_text(encoding="utf-8")
LONG = "Wordswithoutanyblank" * 6

pytestmark = pytest.mark.browser


def seen(chromium: Browser, body: str) -> str:
    page = chromium.new_page(viewport={"width": 390, "height": 600})
    page.set_content(f"<!doctype html><html lang=en><body>{body}")
    faults: list[str] = page.evaluate(SCRIPT)
    page.close()
    return "\n".join(faults)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (f"<p>{LONG}</p>", "scrolls sideways"),
        (f"<p style='overflow:hidden'>{LONG}</p>", "cut at the side by p"),
        ("<div style='overflow:hidden;height:20px'><p>One</p><p>Two</p></div>", '"Two" is cut by div'),
        ("<p>Below</p><p style='margin-top:-30px'>Above</p>", "lies over"),
        ("<p style='position:relative;left:-60px'>Gone to the left</p>", "outside of the window"),
        (f"<button style='width:40px;overflow:hidden'>{LONG}</button>", "fit into it"),
    ],
)
def test_it_sees_what_is_broken(chromium: Browser, body: str, told: str) -> None:
    assert told in seen(chromium, body)


@pytest.mark.parametrize(
    "body",
    [
        "<p>One line</p><p>Another <b>with</b> <a href='#'>parts</a></p>",
        f"<div style='overflow-x:auto'><p>{LONG}</p></div>",
        "<details><summary>Folded</summary><p>Nobody sees this</p></details>",
        "<p><span style='position:absolute;width:1px;height:1px;overflow:hidden'>Read aloud</span>Seen</p>",
        "<p>Covered</p><p style='position:absolute;top:0;background:#fff'>A menu</p>",
        "<p style='line-height:1'>Two lines<br>close to each other</p>",
    ],
)
def test_it_finds_no_fault_in_what_is_sound(chromium: Browser, body: str) -> None:
    assert seen(chromium, body) == ""
