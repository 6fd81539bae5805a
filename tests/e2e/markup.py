"""The Nu Html Checker, running beside the tests: what the markup of a page as it was sent does wrong."""

import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

from tests.databases import ROOT

JAR = ROOT / ".ci" / "vnu" / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
MISSING = (
    "The Nu Html Checker is missing; get it with "
    "`apt-get install default-jre-headless npm`, then `make checker`."
)
STARTS_WITHIN = 60  # seconds; a virtual machine starts in two, on a busy machine in ten


class Checker:
    """A checker at some port of this machine."""

    def __init__(self, port: int) -> None:
        self._address = f"http://127.0.0.1:{port}/?out=json"

    def errors(self, page: str) -> list[str]:
        """Return a sentence for each error in the markup of `page`."""
        asked = Request(  # of this machine
            self._address, page.encode(), {"Content-Type": "text/html; charset=utf-8"}
        )
        with urlopen(asked, timeout=60) as answer:
            told = json.load(answer)["messages"]
        return [
            f"{row['message']} — line {row.get('lastLine', '?')}: {row.get('extract', '').strip()[:120]}"
            for row in told
            if row["type"] in ("error", "non-document-error")
        ]


@contextmanager
def running_checker(log: Path) -> Iterator[Checker]:
    """Run the checker; without it the tests fail under CI and are skipped elsewhere."""
    java = which("java")
    if java is None or not JAR.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    command = [java, "-Dnu.validator.servlet.bind-address=127.0.0.1", "-cp", str(JAR)]
    with log.open("wb") as told:
        process = subprocess.Popen(
            [*command, "nu.validator.servlet.Main", str(port)], stdout=told, stderr=subprocess.STDOUT
        )
    try:
        checker = Checker(port)
        _wait_for(checker, process, log)
        yield checker
    finally:
        process.terminate()
        process.wait(timeout=STARTS_WITHIN)


def _wait_for(checker: Checker, process: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(STARTS_WITHIN * 4):
        assert process.poll() is None, log.read_text(errors="replace")
        try:
            checker.errors("<!doctype html><html lang=en><title>Ready</title>")
        except URLError:
            time.sleep(0.25)
        else:
            return
    raise AssertionError(f"The checker did not start within {STARTS_WITHIN} seconds: {log.read_text()}")
