"""The real server killed at random moments: what it acknowledged is there once, and nothing is half there.

A failure prints the seed; `PORTAL_SEED=<seed>` chooses the same moments again, `PORTAL_SOAK_KILLS` how many.
"""

import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import urljoin

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, TestResponse

from portal.app import create_app
from portal.claims.held_contents import sweep_documents
from portal.claims.model import ClaimComment, ClaimDocument
from portal.clock import Clock, FixedClock
from portal.db import db
from portal.policies.rechecking import recheck
from portal.settings import Settings
from portal.work.auditing import verify_audit
from tests.browser import Browser
from tests.conftest import ROOT
from tests.documents import pdf
from tests.factories import PASSWORD
from tests.form_filling import Given
from tests.portal.claims.kept import is_whole, let_age
from tests.portal.reviews.filing import REVIEWER, Filing

UPLOADER, ANSWERER = "incentives@contoso.example", "global@contoso.example"
STARTS_WITHIN = 60  # seconds; a machine that is busy with seven others takes some
KILLED_WITHIN = 1.2  # seconds: some writes are done by then, and some are under way


class Gone(Exception):
    """The server did not answer: it was killed."""


class NetworkBrowser(Browser):
    """A browser that speaks to a server in another process."""

    def __init__(self, app: Flask, port: int) -> None:
        super().__init__(app)
        self.port = port
        self.cookies: dict[str, str] = {}

    def _send(self, method: str, path: str, **options: Any) -> TestResponse:
        content_type = "multipart/form-data" if method == "POST" else None
        builder = EnvironBuilder(
            path, base_url=self._origin, method=method, content_type=content_type, data=options.get("data")
        )
        request = builder.get_request()
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if request.content_type:
            headers["Content-Type"] = request.content_type
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body=request.get_data(), headers=headers)
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise Gone from error
        finally:
            connection.close()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return TestResponse(
            [content], f"{answer.status} {answer.reason}", Headers(answer.getheaders()), request
        )

    def acknowledged(self, locator: str, **given: Given) -> None:
        """Send the form of the page once; returns when the server said that it is done. Raises Gone."""
        filled = self.filled(locator, **given)
        data = EnvironBuilder(method="POST").form
        for name, value in filled.values:
            data.add(name, value)
        files = {name: (file.name, file.content) for name, file in filled.files}
        answer = self._send("POST", urljoin(self.page.path, filled.action), data=_parts(data, files))
        assert answer.status_code == 303, f"{answer.status}: {answer.get_data(as_text=True)[:2000]}"


def _parts(values: Any, files: dict[str, tuple[str, bytes]]) -> dict[str, Any]:
    from io import BytesIO

    data: dict[str, Any] = {name: values.getlist(name) for name in values}
    return data | {name: (BytesIO(content), file) for name, (file, content) in files.items()}


@dataclass
class Acknowledged:
    """What the server said it had done: messages of transitions, and the SHA-256 of documents."""

    messages: list[str] = field(default_factory=list)
    documents: list[tuple[str, str]] = field(default_factory=list)
    errors: list[BaseException] = field(default_factory=list)
    something: threading.Event = field(default_factory=threading.Event)  # in this round


class Server:
    """`portal serve` in a process group of its own, on the test's database and folder."""

    def __init__(self, settings: Settings) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self._environment = {
            **os.environ,
            "PORTAL_SECRET_KEY": settings.secret_key,
            "PORTAL_DATABASE_URL": settings.database,
            "PORTAL_DATA_DIR": str(settings.data_dir),
            "PORTAL_RULES_DIR": str(settings.rules_dir),
            "PORTAL_BASE_URL": "http://localhost",
            "PORTAL_DEVELOPMENT": "true",
            "PYTHONPATH": str(ROOT),
        }

    @contextmanager
    def running(self) -> Iterator[Callable[[], None]]:
        """Start it, wait until it answers, and yield what kills it."""
        command = [
            sys.executable,
            "-c",
            "from portal.cli import main; main()",
            "serve",
            "--port",
            str(self.port),
        ]
        process = subprocess.Popen(
            command, env=self._environment, start_new_session=True, stderr=subprocess.DEVNULL
        )

        def kill() -> None:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

        try:
            self._wait(process)
            yield kill
        finally:
            kill()

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        until = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < until:
            assert process.poll() is None, "the server ended by itself"
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            try:
                connection.request("GET", "/readyz")
                if connection.getresponse().status == 200:
                    return
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)
            finally:
                connection.close()
        raise AssertionError("the server did not begin to answer")


class House:
    """Who works against the server, and what they were told."""

    def __init__(self, filing: Filing, server: Server, rng: random.Random) -> None:
        self.filing, self.server, self.rng = filing, server, rng
        self.told = Acknowledged()
        self.moved = filing.under_review(product="intune")
        self.browsers = {
            email: NetworkBrowser(filing.app, server.port) for email in (UPLOADER, ANSWERER, REVIEWER)
        }
        self.words = 0

    def round(self) -> None:
        draft = self.filing.draft()
        self.told.something.clear()
        with self.server.running() as kill:
            for email, browser in self.browsers.items():
                if not browser.cookies:
                    browser.sign_in(email, PASSWORD)
            works = [threading.Thread(target=self.until_killed, args=(work,)) for work in self.works(draft)]
            for work in works:
                work.start()
            if not self.told.messages or self.rng.random() < 0.5:
                self.told.something.wait(STARTS_WITHIN)
            time.sleep(self.rng.uniform(0, KILLED_WITHIN))
            kill()
            for work in works:
                work.join()
        assert self.told.errors == []

    def works(self, draft: str) -> list[Callable[[], None]]:
        return [lambda: self.upload(draft), self.move]

    def until_killed(self, work: Callable[[], None]) -> None:
        try:
            while True:
                work()
        except Gone:
            return
        except BaseException as error:  # noqa: BLE001  # told in the test's own thread
            self.told.errors.append(error)

    def upload(self, draft: str) -> None:
        self.words += 1
        browser, file = self.browsers[UPLOADER], pdf(f"Proof number {self.words}, {self.rng.random()}")
        browser.visit(f"/claims/{draft}/wizard/evidence")
        browser.acknowledged("Save and go on", document=file)
        self.told.documents.append((draft, sha256(file.content).hexdigest()))
        self.told.something.set()

    def move(self) -> None:
        """Ask, answer, and take up the review again; each is one transition with a text of its own."""
        message = f"Word {self.rng.random()}"
        reviewer, partner = self.browsers[REVIEWER], self.browsers[ANSWERER]
        reviewer.visit(f"/reviews/{self.moved}")
        if "Ask for information" in reviewer.page.buttons():
            reviewer.acknowledged("Ask for information", reason=["missing_all_poe"], message=message)
            self.told.messages.append(message)
            self.told.something.set()
        elif "Start review" in reviewer.page.buttons():
            reviewer.acknowledged("Start review")
        else:
            partner.visit(f"/claims/{self.moved}")
            partner.acknowledged("Resubmit", message=message)
            self.told.messages.append(message)

    def check(self) -> None:
        """What was acknowledged is there once; every document is whole; audit and decisions are sound."""
        with self.filing.context():
            written = Counter(db.session.scalars(select(ClaimComment.text)))
            assert all(written[message] == 1 for message in self.told.messages)
            assert set(written.values()) <= {1}
            rows = list(db.session.execute(select(ClaimDocument.claim_id, ClaimDocument.sha256)))
            assert len(rows) == len(set(rows))
            hashes = {digest for _, digest in rows}
            assert {digest for _, digest in self.told.documents} <= hashes
            for digest in hashes:
                content = self.filing.desk.files.path(digest).read_bytes()
                assert sha256(content).hexdigest() == digest
            assert verify_audit(self.filing.desk).findings == ()
            assert recheck(db.session(), self.filing.desk.policies).differences == ()

    def check_that_nothing_is_left_over(self) -> None:
        let_age(self.filing)
        with self.filing.context():
            sweep_documents(self.filing.desk)
        assert is_whole(self.filing)


KILLS = int(os.environ.get("PORTAL_SOAK_KILLS", "100"))


def kill_again_and_again(settings: Settings, kills: int) -> House:
    seed = os.environ.get("PORTAL_SEED") or str(random.SystemRandom().getrandbits(32))
    print(f"PORTAL_SEED={seed}")
    app = create_app(settings, clock=Clock())
    filing = Filing(app, FixedClock(Clock().now()))
    house = House(filing, Server(settings), random.Random(seed))
    for number in range(1, kills + 1):
        house.round()
        if number % 10 == 0 or number == kills:
            house.check()
    house.check_that_nothing_is_left_over()
    told = house.told
    print(f"{kills} kills; {len(told.messages)} transitions and {len(told.documents)} documents acknowledged")
    with app.app_context():
        db.engine.dispose()
    return house


@pytest.mark.broad
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_server_that_is_killed_loses_nothing(settings: Settings) -> None:
    house = kill_again_and_again(settings, kills=1)
    assert house.told.messages or house.told.documents


@pytest.mark.soak
def test_a_server_that_is_killed_a_hundred_times_loses_nothing(settings: Settings) -> None:
    house = kill_again_and_again(settings, kills=KILLS)
    assert len(house.told.messages) >= KILLS // 4
    assert len(house.told.documents) >= KILLS // 4
