"""The checks that every visited page passes find what they are for, and forms are filled as in a browser."""

import pytest
from lxml import html

from tests.form_filling import File, fill
from tests.page_checks import faults_of_page

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
SOUND = """<!doctype html><html lang="en"><head><title>Claims</title></head><body><main id="main">
<h1>Claims</h1><a href="#main">Top</a>
<form method="post" action="/claims/1/dispute" id="dispute">
  <input type="hidden" name="csrf_token" value="t">
  <label for="why">Why</label><textarea id="why" name="justification">
typed before</textarea>
  <label>Reason
    <select name="reason"><option value="a">A</option><option value="b" selected>B</option></select>
  </label>
  <label><input type="checkbox" name="product" value="x" checked> X</label>
  <label><input type="checkbox" name="product" value="y"> Y</label>
  <label>File <input type="file" name="document" multiple></label>
  <button name="decision" value="approve">Dispute</button>
</form>
<form method="post" action="/x">
  <input type="hidden" name="csrf_token" value="t"><button disabled>Off</button>
</form>
</main></body></html>"""


def faults(page: str = SOUND, **headers: str) -> list[str]:
    sent = {**HEADERS, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return faults_of_page(html.document_fromstring(page), sent)


def test_a_sound_page_has_no_faults() -> None:
    assert faults() == []


@pytest.mark.parametrize(
    ("sound", "broken", "told"),
    [
        ("<h1>Claims</h1>", "", "h1"),
        ("<h1>Claims</h1>", "<h1>Claims</h1><h1>More</h1>", "h1"),
        ("</main>", '<p id="main">Twice</p></main>', "stands 2 times"),
        ("</main>", '<p data-hx-target="#gone">Swap</p></main>', "points to nothing"),
        ('href="#main"', 'href="#gone"', "leads nowhere"),
        ('for="why"', 'for="gone"', "nothing has that id"),
        ('<label for="why">Why</label>', "", "has no label"),
        ('name="csrf_token" value="t"', 'name="csrf_token" value=""', "CSRF"),
        ('method="post" action="/x"', 'method="get" action="/x"', "into an address"),
        ("</main>", "<script>alert(1)</script></main>", "inline script"),
        ("</main>", '<p style="color: red">Red</p></main>', "inline style"),
        ("</main>", '<p onclick="x()">Press</p></main>', "has onclick"),
        ("</main>", '<a href="JavaScript:x()">Press</a></main>', "javascript:"),
        ("</main>", '<a href="/x"><span></span></a></main>', "has no words"),
        ("</main>", '<img src="x.png"></main>', "no alt"),
        ("</main>", "<td>None</td></main>", "bare None"),
        ("</main>", "<p>{{ claim.number }}</p></main>", "template mark"),
        ("<title>Claims</title>", "", "no title"),
        ('lang="en"', "", "no language"),
    ],
)
def test_each_fault_of_a_page_is_found(sound: str, broken: str, told: str) -> None:
    assert sound in SOUND
    found = faults(SOUND.replace(sound, broken, 1))
    assert any(told in fault for fault in found), found


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Content_Security_Policy", "default-src 'self' 'unsafe-inline'; frame-ancestors 'none'"),
        ("Content_Security_Policy", "default-src 'self'"),
        ("X_Content_Type_Options", ""),
        ("Referrer_Policy", ""),
        ("Cache_Control", "public"),
    ],
)
def test_each_lax_header_is_found(header: str, value: str) -> None:
    assert faults(SOUND, **{header: value})


def test_every_field_goes_along_as_a_browser_sends_it() -> None:
    filled = fill(html.document_fromstring(SOUND), "Dispute", {"document": [File("a.pdf", b"%PDF")]})
    assert (filled.method, filled.action) == ("post", "/claims/1/dispute")
    assert filled.values == [
        ("csrf_token", "t"),
        ("justification", "typed before"),
        ("reason", "b"),
        ("product", "x"),
        ("decision", "approve"),
    ]
    assert filled.files == [("document", File("a.pdf", b"%PDF"))]


def test_given_values_replace_those_of_the_page() -> None:
    tree = html.document_fromstring(SOUND)
    filled = fill(tree, "#dispute", {"justification": "new", "reason": "a", "product": ["y"]})
    assert filled.values[1:4] == [("justification", "new"), ("reason", "a"), ("product", "y")]
    assert [name for name, _ in fill(tree, "/dispute", {"product": False}).values].count("product") == 0


@pytest.mark.parametrize(
    ("locator", "given", "told"),
    [
        ("Dispute", {"reasons": "a"}, "has no field"),
        ("Dispute", {"reason": "c"}, "offers"),
        ("Dispute", {"product": ["z"]}, "offers"),
        ("Approve", {}, "No form"),
        ("Off", {}, "disabled"),
    ],
)
def test_what_a_person_could_not_do_fails(locator: str, given: dict[str, str], told: str) -> None:
    with pytest.raises(AssertionError, match=told):
        fill(html.document_fromstring(SOUND), locator, dict(given))
