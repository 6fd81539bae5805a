"""What a person waits for in Chromium: pages that jump, the weight of the dashboard, and swapped lists.

Run: .venv/bin/python -m benchmarks.browser [CLAIMS]
Measured on the sample house and again with CLAIMS claims in it (10,000 unless told), over loopback.
"""

import gzip
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from statistics import median
from threading import Thread

from flask import Flask
from flask_migrate import upgrade
from playwright.sync_api import Browser, BrowserContext, Page, Response, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from benchmarks.pages import RULES, multiply
from portal.app import create_app
from portal.claims.desk import Desk
from portal.claims.model import Claim
from portal.db import db
from portal.sample.loading import load_sample
from portal.settings import read_settings

PARTNER, REVIEWER = "incentives@contoso.example", "reviewer@operator.example"
ROUNDS = 15
# What an element moves without anybody having clicked, summed since the page was opened.
SHIFT = """
window.shifted = 0;
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({type: "layout-shift", buffered: true});
"""
# From the click to the frame in which the new list is seen.
SWAP = """
selector => new Promise(done => {
  const began = performance.now();
  document.body.addEventListener("htmx:afterSettle",
    () => requestAnimationFrame(() => done(performance.now() - began)), {once: true});
  document.querySelector(selector).click();
})
"""
SWAPS = (
    ("a tab and another", ("#tab-status-draft", "#tab-status-submitted")),
    ("an order and back", ("#sort-number", "#sort-number")),
)


class Quiet(WSGIRequestHandler):
    """Answers without a word between the figures."""

    def log_request(self, *_: object) -> None:
        """Say nothing of a request."""


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve the app in a thread; yields its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


def signed_in(chromium: Browser, address: str, email: str, password: str) -> BrowserContext:
    """Return a window of its own in which `email` is signed in, with nothing in its cache but that page's."""
    context = chromium.new_context(base_url=address, viewport={"width": 1280, "height": 900})
    context.add_init_script(SHIFT)
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    with page.expect_navigation():
        page.get_by_role("button", name="Sign in").click()
    page.close()
    return context


def shift_of(context: BrowserContext, path: str) -> float:
    """Return the layout shift of a page that is opened at `path`, until it has been quiet for a while."""
    page = context.new_page()
    page.goto(path, wait_until="networkidle")
    shifted = float(page.evaluate("window.shifted"))
    page.close()
    return shifted


def weight_of(context: BrowserContext, path: str) -> int:
    """Return the bytes of all that a first visit of `path` fetches, each compressed as gzip does it."""
    fetched: list[Response] = []
    page = context.new_page()
    page.context.new_cdp_session(page).send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.on("response", lambda response: fetched.append(response))  # noqa: PLW0108  # it takes functions alone
    page.goto(path, wait_until="networkidle")
    weight = sum(len(gzip.compress(response.body(), 9, mtime=0)) for response in fetched if response.ok)
    page.close()
    return weight


def swaps_of(page: Page, selectors: tuple[str, ...]) -> float:
    """Return the median time of the swaps that these bring about, in milliseconds."""
    times = [float(page.evaluate(SWAP, selector)) for _ in range(ROUNDS) for selector in selectors]
    return median(times)


def measure(chromium: Browser, app: Flask, number: str) -> None:
    """Print what is seen of each page and each swap."""
    password = app.extensions["desk"].settings.demo_password
    with served(app) as address:
        partner = signed_in(chromium, address, PARTNER, password)
        reviewer = signed_in(chromium, address, REVIEWER, password)
        for context, path in (
            (partner, "/claims"),
            (partner, f"/claims/{number}"),
            (partner, "/claims/new"),
            (partner, "/notices"),
            (partner, "/policy"),
            (reviewer, "/reviews"),
            (reviewer, f"/reviews/{number}"),
        ):
            shift_of(context, path)  # the first visit draws what is drawn once
            print(f"{path:32}{shift_of(context, path):>10.4f} shift")
        print(f"{'/claims':32}{weight_of(partner, '/claims') / 1000:>10.1f} kB gz in all")
        page = partner.new_page()
        for words, selectors in SWAPS:
            page.goto("/claims", wait_until="networkidle")
            print(f"{words:32}{swaps_of(page, selectors):>10.1f} ms")
        partner.close()
        reviewer.close()


def main(claims: int) -> None:
    """Measure with few claims and with many."""
    path = which("chromium")
    if path is None:
        sys.exit("Chromium is missing; install it with `apt-get install chromium`.")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        app = create_app(read_settings(data_dir=Path(folder), demo=True, rules_dir=RULES))
        with app.app_context():
            upgrade()
            desk: Desk = app.extensions["desk"]
            desk.policies.in_force()
            few = load_sample(desk, seed=1)
            under_review = db.select(Claim.number).where(Claim.status == "under_review").limit(1)
            number = db.session.scalars(under_review).one()
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        print(f"With {few} claims")
        measure(chromium, app, number)
        multiply(app, claims)
        print(f"With {claims} claims")
        measure(chromium, app, number)
        chromium.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
