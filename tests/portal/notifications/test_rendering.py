import re
from html.parser import HTMLParser
from typing import Any

import pytest
from jinja2 import TemplateNotFound, UndefinedError

from portal.notifications.rendering import FOLDER, LINE, Rendered, render

TEMPLATES = ("claim_event", "consent_request")
LINK = (
    "http://localhost/consent/a-very-long-token-that-no-line-break-may-divide-because-then-it-opens-nothing"
)
DAY = "Wednesday 23 December 2026, end of day (Pacific time, Los Angeles)"
COUNTED = "30 calendar days: day 1 is Tue 24 Nov; day 30 is Wed 23 Dec 2026"
VOID = {"meta", "br"}


def context(**given: Any) -> dict[str, Any]:
    return {
        "subject": "Your claim was rejected",
        "lead": "Your claim was rejected. You find the reasons on the claim page.",
        "next": "Open the claim, select Dispute, and bring an updated proof of execution.",
        "claim_number": "CL-2026-000123",
        "claim_name": "Adatum, spring",
        "customer_name": "Adatum Corporation",
        "partner_name": "Contoso",
        "partner_contact": "Ines Morel, ines@contoso.example",
        "contact_name": "Casey Lind",
        "products": ["Exchange", "Teams"],
        "status_label": "Rejected",
        "reasons": [
            ("Insufficient PoE", "The letter is too old.", "Bring a new letter."),
            ("Other", "A text.", ""),
        ],
        "remove": ["Exchange"],
        "written": "Dear partner,\n\nthe letter is of 2023.\nBest, Rita",
        "due_for": "Time to dispute",
        "due_on": DAY,
        "counted": COUNTED,
        "link": LINK,
        "link_label": "Open the claim",
        "other_languages": [("de", "Deutsch", f"{LINK}?lang=de"), ("ja", "日本語", f"{LINK}?lang=ja")],
        "footer": "Policy of November · http://localhost",
    } | given


class Outline(HTMLParser):
    """Reads a page strictly: every element that is opened is closed, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.found: list[str] = []
        self.said = ""
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        assert not {"style", "onclick", "onload", "onerror"} & set(given)
        self.found.append(tag)
        if tag == "a":
            self.links.append(given["href"] or "")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.said += data

    @property
    def words(self) -> str:
        return " ".join(self.said.split())


def both(template: str, **given: Any) -> tuple[Rendered, str, str]:
    """Return what was rendered, and the words of text and HTML without their line breaks."""
    rendered = render(template, context(**given))
    return rendered, " ".join(rendered.text.split()), Outline(rendered.html).words


@pytest.mark.parametrize("template", TEMPLATES)
def test_text_and_html_say_what_happened_what_to_do_until_when_and_where(template: str) -> None:
    rendered, text, html = both(template)

    for said in (text, html):
        assert context()["lead"] in said
        assert f"What to do next {context()['next']}" in said
        assert f"until {DAY}" in said
        assert f"How this is counted: {COUNTED}" in said.partition(DAY)[2]
        assert "Adatum Corporation" in said
        assert "CL-2026-000123" in said
        assert context()["footer"] in said
    assert f"\nOpen the claim:\n{LINK}\n" in rendered.text
    others = [address for _, _, address in context()["other_languages"]]
    assert Outline(rendered.html).links == [LINK, LINK, *(others if template == "consent_request" else [])]
    assert rendered.subject == "Your claim was rejected (CL-2026-000123)"


def test_reasons_and_what_was_written_are_told() -> None:
    rendered, text, html = both("claim_event")

    for said in (text, html):
        assert "Insufficient PoE The letter is too old. What helps: Bring a new letter." in said
        assert "Status" in said
        assert "Adatum, spring" in said
        assert "Products to remove Exchange" in said
    assert "\nReasons\n- Insufficient PoE\n  The letter is too old.\n  What helps: Br" in rendered.text
    assert "\n- Other\n  A text.\n" in rendered.text
    assert "\nWhat was written\n> Dear partner,\n>\n> the letter is of 2023.\n> Best, Rita\n" in rendered.text
    assert "Dear partner, the letter is of 2023. Best, Rita" in html


def test_one_reason_is_called_a_reason() -> None:
    _, text, html = both("claim_event", reasons=[("Old", "Too old.", "")])

    assert "Reason - Old Too old." in text
    assert "Reason Old Too old." in html
    assert "What helps" not in text + html


def test_what_there_is_not_is_not_headed() -> None:
    rendered, text, html = both(
        "claim_event", reasons=[], remove=[], written="", due_on="", claim_name="", customer_name=""
    )

    for said in (text, html):
        for heading in ("Reason", "Products to remove", "What was written", "Deadline", "Name", "Customer:"):
            assert heading not in said
    assert "\n\n\n" not in rendered.text


@pytest.mark.parametrize("template", TEMPLATES)
def test_no_part_leaves_a_hole(template: str) -> None:
    text = render(template, context()).text

    assert "\n\n\n" not in text
    assert text == text.strip() + "\n"


def test_the_customer_is_told_what_the_partner_claims_and_that_the_link_is_theirs() -> None:
    _, text, html = both("consent_request")

    for said in (text, html):
        assert said.index("Dear Casey Lind,") < said.index(context()["lead"])
        for words in (
            "Partner",
            "Contoso",
            "Exchange, Teams",
            "Opening the link changes nothing",
            f"We wait for your answer until {DAY}. You can still decline later",
            "Whom to ask Ines Morel, ines@contoso.example at Contoso",
        ):
            assert words in said
        assert "do not agree" not in said


def test_a_customer_who_is_not_named_is_not_greeted() -> None:
    rendered, _, html = both("consent_request", contact_name="", partner_contact="")

    assert rendered.text.startswith(context()["lead"][:40])
    assert "Dear" not in rendered.text + html
    assert "Whom to ask" not in rendered.text + html


@pytest.mark.parametrize("template", TEMPLATES)
def test_what_people_wrote_is_shown_and_does_nothing(template: str) -> None:
    hostile = '<img src=x onerror="alert(1)"><script>alert(1)</script>{{ 7 * 7 }}'

    rendered, text, html = both(
        template,
        written=hostile,
        customer_name=hostile,
        partner_name=hostile,
        claim_name=hostile,
        products=[hostile],
        contact_name=hostile,
        partner_contact=hostile,
        reasons=[(hostile, hostile, hostile)],
        remove=[hostile],
    )

    assert hostile in text
    assert hostile in html
    assert not {"img", "script"} & set(Outline(rendered.html).found)


@pytest.mark.parametrize("name", ["Adatum\r\n\r\nStatus:   Approved", "Adatum\u2028x", "Adatum\x0bx"])
def test_a_name_stays_on_its_line(name: str) -> None:
    lines = render("claim_event", context(customer_name=name)).text.splitlines()

    assert sum(line.startswith("Status:") for line in lines) == 1
    assert sum(line.startswith("Customer: Adatum") for line in lines) == 1


def test_letters_that_steer_a_screen_are_left_out() -> None:
    _, text, html = both("claim_event", written="a\x1b[31mb\u202ec\x00d\ud800e", claim_name="x\u2066y")

    assert "> a[31mbcde" in text
    assert "a[31mbcde" in html
    assert "xy" in text


def test_long_lines_are_broken_and_addresses_are_not() -> None:
    text = render("claim_event", context(lead="word " * 100, written="word " * 100)).text

    assert all(
        len(line) <= LINE for line in text.splitlines() if "http" not in line and "machine" not in line
    )
    assert LINK in text.splitlines()


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_subject_is_one_line_and_names_the_claim_once(template: str) -> None:
    assert render(template, context(subject="About CL-2026-000123")).subject == "About CL-2026-000123"
    assert render(template, context(subject="A\n B")).subject == "A B (CL-2026-000123)"


@pytest.mark.parametrize("template", TEMPLATES)
def test_each_template_says_what_it_needs_and_needs_all_of_it(template: str) -> None:
    for kind in ("txt", "html"):
        first = (FOLDER / f"{template}.{kind}").read_text(encoding="utf-8").splitlines()[0]
        match = re.fullmatch(r"\{# needs: (.+) #\}", first)
        assert match is not None
        needed = match[1].split(", ")
        render(template, {name: value for name, value in context().items() if name in needed})
        for name in needed:
            with pytest.raises((UndefinedError, KeyError)):
                render(template, {key: value for key, value in context().items() if key != name})


def test_a_template_that_is_not_there_is_an_error() -> None:
    with pytest.raises(TemplateNotFound):
        render("no_such_mail", context())


@pytest.mark.parametrize("template", TEMPLATES)
def test_it_can_be_read_in_light_and_dark(template: str) -> None:
    """Every pair of a text's color and what lies under it has the contrast that WCAG AA asks for."""
    html = render(template, context()).html
    assert "prefers-color-scheme: dark" in html
    light, dark = html.split("@media", 1)

    for style in (light, dark):
        page = color(style, "body", "background")
        sheet = color(style, "main", "background")
        assert contrast(color(style, "body", "color"), sheet) >= 4.5
        assert contrast(color(style, "footer", "color"), page) >= 4.5
        assert contrast(color(style, "a", "color"), sheet) >= 4.5
        assert contrast(color(style, "a", "color"), page) >= 4.5
        assert contrast(color(style, ".action", "color"), color(style, ".action", "background")) >= 4.5


def color(style: str, selector: str, name: str) -> str:
    for rule in re.findall(rf"^\s*{re.escape(selector)} \{{(.*?)\}}", style, re.MULTILINE | re.DOTALL):
        if found := re.search(rf"(?<![-\w]){name}: (#[0-9a-f]{{6}})", rule):
            return found[1]
    raise AssertionError(f"{selector} has no {name}")


def contrast(one: str, other: str) -> float:
    dark, light = sorted(map(luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(color: str) -> float:
    parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
