"""The one HTTP client of the tests: it sees pages as a person does, and checks each one it is shown."""

from collections.abc import Iterable
from io import BytesIO
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import select
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse

from portal.accounts.current import ENTRANCE
from portal.accounts.entrance import Entrance
from portal.accounts.model import Person
from portal.accounts.sessions import begin_session
from portal.db import db, transaction
from tests.form_filling import Filled, Given, buttons, fill
from tests.page_checks import faults_of_fragment, faults_of_page, text_of

MOST_REDIRECTS = 5


class Page:
    """One answer. Where it is HTML, it was checked before a test got hold of it."""

    def __init__(self, path: str, response: TestResponse) -> None:
        self.path = path
        self.status = response.status_code
        self.headers = response.headers
        self.content = response.get_data()
        self.is_html = (response.content_type or "").startswith("text/html")
        if self.is_html and self.content.strip():
            self.is_whole = b"<html" in self.content[:1000].lower()
            parse = html.document_fromstring if self.is_whole else _fragment
            self.tree = parse(self.content.decode("utf-8"))

    @property
    def text(self) -> str:
        """The words of the page, blanks run together."""
        return text_of(self.tree) if self.is_html else self.content.decode("utf-8")

    @property
    def heading(self) -> str:
        return text_of(self.tree.xpath("//h1")[0])

    def select(self, css: str) -> list[Any]:
        """Return the elements that a CSS selector finds, as lxml elements."""
        return list(self.tree.cssselect(css))

    def texts(self, css: str) -> list[str]:
        """Return the words of each element that a CSS selector finds."""
        return [text_of(element) for element in self.select(css)]

    def region(self, identity: str) -> str:
        """Return the words of the element with this id; raises AssertionError where there is none."""
        found = self.tree.xpath("//*[@id=$id]", id=identity)
        assert found, f"{self.path} has no element with the id {identity!r}."
        return text_of(found[0])

    def reasons(self) -> set[str]:
        """Return the codes of all reasons that the page gives for what cannot be done."""
        return set(self.tree.xpath("//@data-reason"))

    def buttons(self) -> list[str]:
        """Return the words of every button; those that cannot be pressed end in " (disabled)"."""
        return buttons(self.tree)

    def links(self) -> dict[str, str]:
        """Return where each link leads by its words."""
        return {text_of(link): link.get("href") for link in self.tree.xpath("//a[@href]")}

    def rows(self, css: str = "table") -> list[dict[str, str]]:
        """Return the body of the first table that fits, one mapping a row by column heading."""
        table = self.select(css)[0]
        heads = [text_of(head) for head in table.xpath(".//thead//th")]
        return [
            dict(zip(heads, (text_of(cell) for cell in row.xpath("./td|./th")), strict=False))
            for row in table.xpath(".//tbody/tr")
        ]

    def field(self, name: str) -> str:
        """Return what a field of the page holds; raises AssertionError where there is none."""
        found = self.tree.xpath("//*[@name=$name]", name=name)
        assert found, f"{self.path} has no field {name!r}."
        value = found[0].text if found[0].tag == "textarea" else found[0].get("value")
        return (value or "").removeprefix("\n")


class Browser:
    """A browser with its own cookies. Its last page is `page`; every method that loads one returns it."""

    def __init__(self, app: Flask, address: str = "203.0.113.7", language: str = "") -> None:
        self._app = app
        self._language = language  # what it asks for, "" for none
        self._client = app.test_client()
        self._origin = "http://localhost"
        self._address = address
        self.page: Page

    def copied(self) -> "Browser":
        """Return another browser with the cookies that this one has now, as a thief would have it."""
        other = Browser(self._app, self._address, self._language)
        for name in ("portal", "__Host-portal"):
            if (kept := self._client.get_cookie(name)) is not None:
                other._client.set_cookie(name, kept.value)
        return other

    def visit(self, path: str, *, status: int | None = 200, headers: dict[str, str] | None = None) -> Page:
        """Open a path as the address line does. `status` None takes any."""
        return self._show(self._send("GET", path, headers=headers), path, status)

    def click(self, words: str, *, status: int | None = 200) -> Page:
        """Follow the link with these words; raises AssertionError where there is none or several differ."""
        found = {
            link.get("href")
            for link in self.page.tree.xpath("//a[@href]")
            if words in (text_of(link), link.get("aria-label"))
        }
        assert len(found) == 1, f"{len(found)} links say {words!r}; there are {sorted(self.page.links())}."
        return self.visit(urljoin(self.page.path, found.pop()), status=status)

    def fill_and_submit(self, locator: str, *, status: int | None = 200, **given: Given) -> Page:
        """Fill a form of the page and press its button (see `form_filling.find_form` and `fill`).

        `status` is that of the page one ends on, after the redirect.
        """
        filled = fill(self.page.tree, locator, given)
        return self.send_filled(filled, status=status)

    def filled(self, locator: str, **given: Given) -> Filled:
        """Return what would be sent, without sending it: for double-clicks, re-sends and stale forms."""
        return fill(self.page.tree, locator, given)

    def send_filled(self, filled: Filled, *, status: int | None = 200) -> Page:
        """Send what `filled` made, from the page one is on."""
        path = urljoin(self.page.path, filled.action)
        if filled.method == "get":
            pairs = filled.values + [(name, file.name) for name, file in filled.files]
            return self.visit(f"{path.split('?')[0]}?{urlencode(pairs)}", status=status)
        data: MultiDict[str, Any] = MultiDict(filled.values)
        for name, file in filled.files:
            data.add(name, FileStorage(BytesIO(file.content), file.name))
        return self._show(self._send("POST", path, data=data, headers=self._referer()), path, status)

    def post(self, path: str, *, status: int | None = 200, **values: str | Iterable[str]) -> Page:
        """Send a POST that no form of the page offers, with the page's CSRF token: what an attacker tries."""
        data: MultiDict[str, Any] = MultiDict()
        for name, value in values.items():
            data.setlist(name, [value] if isinstance(value, str) else list(value))
        data.setdefault("csrf_token", self.csrf_token())
        return self._show(self._send("POST", path, data=data), path, status)

    def ask(self, method: str, path: str, **values: str) -> TestResponse:
        """Send one request with the page's CSRF token where it is a POST; follow nothing, check nothing."""
        data = {"csrf_token": self.csrf_token(), **values} if method == "POST" else None
        return self._send(method, path, data=data)

    def fragment(self, path: str, *, status: int | None = 200) -> Page:
        """Ask as htmx does, for the part of a page alone."""
        return self.visit(path, status=status, headers={"HX-Request": "true"})

    def csrf_token(self) -> str:
        """Return the token of the last page's first form, "" where it has none."""
        tokens = self.page.tree.xpath("//input[@name='csrf_token']/@value") if self.page.is_html else []
        return str(tokens[0]) if tokens else ""

    @property
    def client(self) -> FlaskClient:
        """The client beneath, with this browser's cookies, for requests that no browser sends."""
        return self._client

    def cookie_header(self) -> str:
        """Return the cookies as a request carries them, for clients that send the same at the same moment."""
        request = self._client.get("/healthz", base_url=self._origin).request
        return request.headers.get("Cookie", "")

    def sign_in(self, email: str, password: str) -> Page:
        """Sign in through the page; raises AssertionError when it does not lead away from it."""
        self.visit("/sign-in")
        page = self.fill_and_submit("Sign in", email=email, password=password)
        assert not page.path.startswith("/sign-in"), f"{email} was not let in: {page.text[:300]}"
        return page

    def enter(self, email: str) -> None:
        """Have somebody signed in already, as the sign-in page does it, without opening any page."""
        entrance: Entrance = self._app.extensions[ENTRANCE]
        with self._app.app_context():
            with transaction() as session:
                person = session.scalars(select(Person).where(Person.email == email)).one()
                now = entrance.clock.now()
                token = begin_session(session, person, browser="", now=now, settings=entrance.settings)
            db.session.remove()
        with self._client.session_transaction(base_url=self._origin) as cookie:
            cookie.permanent = True
            cookie.update(_user_id=token, _fresh=True)

    def _referer(self) -> dict[str, str]:
        """Return the header that says which page a form was on, where the page lets a browser tell."""
        told = self.page.headers.get("Referrer-Policy") == "same-origin"
        return {"Referer": f"{self._origin}{self.page.path}"} if told else {}

    def _send(self, method: str, path: str, **options: Any) -> TestResponse:
        if self._language:
            options["headers"] = {"Accept-Language": self._language, **(options.get("headers") or {})}
        return self._client.open(
            path,
            method=method,
            base_url=self._origin,
            environ_overrides={"REMOTE_ADDR": self._address},
            content_type="multipart/form-data" if method == "POST" else None,
            **options,
        )

    def _show(self, response: TestResponse, path: str, status: int | None) -> Page:
        for _ in range(MOST_REDIRECTS):
            if response.status_code not in {301, 302, 303, 307, 308}:
                break
            posted = response.request.method == "POST"
            assert not posted or response.status_code == 303, (
                f"A POST to {path} led on with {response.status_code}."
            )
            target = urlsplit(urljoin(f"{self._origin}{path}", response.headers["Location"]))
            assert f"{target.scheme}://{target.netloc}" == self._origin, f"{path} leads to {target.netloc}."
            path = target.path + (f"?{target.query}" if target.query else "")
            response = self._send("GET", path)
        else:
            raise AssertionError(f"{path} redirects without end.")
        self.page = Page(path, response)
        self._check(status)
        return self.page

    def _check(self, status: int | None) -> None:
        page = self.page
        seen = page.is_html and bool(page.content.strip())
        told = page.text[:600] if seen else repr(page.content[:300])
        assert status is None or page.status == status, (
            f"{page.path}: {page.status} instead of {status}: {told}"
        )
        assert page.status != 500, f"{page.path} failed: {told}"
        if page.is_html and page.content.strip():
            faults = (
                faults_of_page(page.tree, page.headers) if page.is_whole else faults_of_fragment(page.tree)
            )
            assert not faults, f"{page.path} is not sound:\n" + "\n".join(f"- {fault}" for fault in faults)


def _fragment(text: str) -> html.HtmlElement:
    return html.fragment_fromstring(text, create_parent="div")
