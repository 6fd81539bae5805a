"""Control characters, of which PostgreSQL refuses one: wherever they are sent, nothing fails."""

import pytest
from flask import Flask
from werkzeug.exceptions import NotFound

from portal.claims.model import Claim
from portal.db import db
from portal.web.nul import HOLDS_NUL
from tests.browser import Browser
from tests.factories import PASSWORD
from tests.portal.reviews.filing import REVIEWER, Filing

PARTNER = "incentives@contoso.example"
NUL = "\x00"


@pytest.mark.parametrize(
    "address",
    [
        "/claims/{number}%00",
        "/claims/%00",
        "/claims/{number}/wizard/location%00",
        "/claims/{number}/wizard/customer?find=%00",
        "/claims/{number}/documents/1?a=%00",
        "/claims?q=%00",
        "/claims?status=%00",
        "/claims?after=%00",
        "/claims.csv?location=%00",
        "/claims/new?start=%00",
        "/sign-in?next=/%00",
        "/consent/%00",
        "/nowhere/%00",
    ],
)
def test_an_address_with_a_nul_cannot_be_read(filing: Filing, address: str) -> None:
    browser = filing.browser(PARTNER)
    page = browser.visit(address.format(number=filing.draft()), status=400)
    assert page.heading == HOLDS_NUL.heading


@pytest.mark.parametrize("address", ["/reviews/{number}%00", "/reviews?q=%00", "/reviews?before=%00"])
def test_nor_can_one_of_reviewers(filing: Filing, address: str) -> None:
    filing.browser(REVIEWER).visit(address.format(number=filing.submitted()), status=400)


def test_a_form_with_a_nul_changes_nothing(filing: Filing) -> None:
    number, browser = filing.draft(), filing.browser(PARTNER)
    page = browser.visit(f"/claims/{number}")
    version = page.field("version")
    for field in ("name", "customer_name", "customer", "location", "commentary", "own_contact_email"):
        browser.visit(f"/claims/{number}")
        page = browser.post(f"/claims/{number}/edit", version=version, status=400, **{field: f"a{NUL}b"})
        assert "Nothing was saved." in page.text
    browser.visit("/claims/new")
    browser.post("/claims/new", location=NUL, status=400)
    with filing.context():
        assert db.session.query(Claim).one().version == int(version)


@pytest.mark.parametrize("control", [NUL, "\x01", "\x1b", "\x7f", "\n"])
def test_signing_in_with_control_characters_is_a_mistake_like_any_other(
    app: Flask, filing: Filing, control: str
) -> None:
    browser = Browser(app)
    browser.visit("/sign-in")
    page = browser.post(
        "/sign-in", email=f"incentives{control}@contoso.example", password=PASSWORD, status=422
    )
    assert page.texts("#error-summary li") == [
        "E-mail address and password do not match. Check both and try again."
    ]
    assert page.field("email") == PARTNER, "what cannot be shown is not repeated"
    page = browser.post("/sign-in", email=PARTNER, password=f"{PASSWORD}{control}", status=422)
    page = browser.post("/sign-in", email=PARTNER, password=PASSWORD, next=f"/claims{control}x")
    assert page.path == "/claims"


def test_a_browser_whose_name_holds_a_nul_is_let_in(app: Flask, filing: Filing) -> None:
    client = app.test_client()
    page = client.get("/sign-in").get_data(as_text=True)
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    answer = client.post(
        "/sign-in",
        data={"csrf_token": token, "email": PARTNER, "password": PASSWORD},
        environ_overrides={"HTTP_USER_AGENT": f"Mozilla{NUL}/5.0"},
    )
    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("number", "fits"),
    [
        ("CL-2026-000001", True),
        ("CL-2026-1000000", True),  # a very busy year
        ("nonsense", False),
        ("CL-2026-00001", False),
        ("cl-2026-000001", False),
        ("CL-2026-000001 ", False),
        ("CL-2026-000001\n", False),
        ("CL-20260-000001", False),
        ("CL-2026-٠٠٠٠٠١", False),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_no_claim_number_has_no_route(app: Flask, number: str, fits: bool) -> None:
    routes = app.url_map.bind("localhost")
    for method, path in (
        ("GET", "claims/{}"),
        ("GET", "claims/{}/wizard/location"),
        ("GET", "claims/{}/documents/1"),
        ("POST", "claims/{}/comments"),
        ("GET", "reviews/{}"),
        ("POST", "reviews/{}/approval"),
    ):
        if fits:
            assert routes.match(path.format(number), method)[1]["number"] == number
        else:
            with pytest.raises(NotFound):
                routes.match(path.format(number), method)


@pytest.mark.parametrize(
    "address", ["/sign-in", "/password", "/consent/x", "/invitations/x", "/nowhere", "/claims/new"]
)
@pytest.mark.parametrize("part", ["form-data", 'form-data; filename="a.pdf"'])
def test_a_part_of_a_form_without_a_name_cannot_be_read(app: Flask, address: str, part: str) -> None:
    body = f"--b\r\nContent-Disposition: {part}\r\n\r\nabc\r\n--b--\r\n"
    answer = app.test_client().post(address, data=body, content_type="multipart/form-data; boundary=b")
    assert answer.status_code in (303, 400), "what asks to sign in reads no form before"
