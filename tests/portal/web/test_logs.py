"""Logs are JSON lines with the request's id and without anything secret."""

import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from portal.clock import FixedClock
from portal.web.logs import PATH_CHARACTERS_AT_MOST, SECRET_PARTS, configure_logging, mask


@pytest.fixture
def written(clock: FixedClock) -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logging(clock, stream)
    yield stream
    root.handlers, root.level = handlers, level


def lines(written: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_a_request_is_one_line_with_its_id(client: FlaskClient, written: io.StringIO) -> None:
    answer = client.get("/sign-in?next=/secret")
    (line,) = lines(written)
    assert line["event"] == "request"
    assert (line["method"], line["path"], line["status"]) == ("GET", "/sign-in", 200)
    assert line["request_id"] == answer.headers["X-Request-Id"]
    assert line["at"] == "2026-11-23T17:00:00.000+00:00"
    assert "/secret" not in written.getvalue()


def test_each_request_has_an_id_of_its_own_whatever_it_asks_for(client: FlaskClient) -> None:
    ids = {client.get("/sign-in", headers={"X-Request-Id": "mine"}).headers["X-Request-Id"] for _ in range(3)}
    assert len(ids) == 3
    assert "mine" not in ids


def test_the_token_of_a_consent_link_is_nowhere(client: FlaskClient, written: io.StringIO) -> None:
    client.get("/consent/abc-DEF_123.sig")
    logging.getLogger("portal.x").warning("mail to %s", "https://claims.example/consent/abc-DEF_123.sig?a=1")
    try:
        raise RuntimeError("failed at /consent/abc-DEF_123.sig")
    except RuntimeError:
        logging.getLogger("portal.x").exception("it failed", extra={"link": "/consent/abc-DEF_123.sig"})
    assert "abc-DEF" not in written.getvalue()
    assert lines(written)[0]["path"] == "/consent/***"
    assert "mail to https://claims.example/consent/***?a=1" in written.getvalue()
    assert "Traceback" in lines(written)[2]["exception"]


@pytest.mark.parametrize("part", SECRET_PARTS)
@pytest.mark.parametrize(
    "path",
    [
        "/{part}/TOKEN",
        "/{part}//TOKEN",
        "/{loud}/TOKEN",
        "/{part}/TOKEN/x",
        "/{part}/x/TOKEN",
        "/{part}%2FTOKEN",
        "/{part}%252fTOKEN",
        "/{part}%5CTOKEN",
        "/{encoded}/TOKEN",
        "/{twice_encoded}/TOKEN",
        "/{part}/%20TOKEN",
        "/{part}/%22TOKEN",
        "/{part}/%3FTOKEN",
        "/{part}/%0ATOKEN",
        "/claims/{part}/TOKEN",
        "/static/{part}/TOKEN",
    ],
)
def test_links_that_were_mangled_are_masked_too(
    client: FlaskClient, written: io.StringIO, part: str, path: str
) -> None:
    letter, rest = f"{ord(part[0]):x}", part[1:]
    client.get(
        path.format(
            part=part, loud=part.upper(), encoded=f"%{letter}{rest}", twice_encoded=f"%25{letter}{rest}"
        )
    )
    assert "TOKEN" not in written.getvalue()


TOKEN = "G4zM4EjS2dWsXWNAazjoCg.1Bz543N2Az0oLlGCzcP1oQ"


@pytest.mark.parametrize(
    "before",
    ["consent%20/", "consent%3f", "consent;", "consent:", "consent=%2f", "3Dconsent/", "x-consent/", ""],
)
def test_a_token_is_masked_wherever_it_stands(client: FlaskClient, written: io.StringIO, before: str) -> None:
    client.get(f"/{before}{TOKEN}")
    assert TOKEN[:22] not in written.getvalue()
    assert TOKEN[23:] not in written.getvalue()


def test_a_long_path_is_cut(client: FlaskClient, written: io.StringIO) -> None:
    client.get(f"/{'a' * 5000}")
    (line,) = lines(written)
    assert len(line["path"]) == 301


def test_what_is_called_secret_is_masked_wherever_it_stands(written: io.StringIO) -> None:
    logging.getLogger("portal.x").info(
        "settings",
        extra={"demo_password": "hunter2", "headers": {"Cookie": "hunter2", "rows": ["/consent/hunter2"]}},
    )
    assert "hunter2" not in written.getvalue()
    assert lines(written)[0]["level"] == "info"


def test_things_that_are_no_json_are_written_as_text(written: io.StringIO) -> None:
    logging.getLogger("portal.x").info("odd", extra={"thing": {1, 2}, "number": 3, "nothing": None})
    (line,) = lines(written)
    assert (line["thing"], line["number"], line["nothing"]) == ("{1, 2}", 3, None)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("/consent/abc", "/consent/***"),
        ("GET /consent/abc/more HTTP", "GET /consent/*** HTTP"),
        ("/consent/", "/consent/"),
        ("/invitations/abc?a=1", "/invitations/***?a=1"),
        ("https://claims.example/password/abc", "https://claims.example/password/***"),
        ("/static/consent/abc", "/static/consent/***"),
        ("next=%2fConsent%2fabc%2fmore", "next=%2fConsent%2f***"),
        ("next=%252Fconsent%252Fabc", "next=%252Fconsent%252F***"),
        ("/consent\\abc", "/consent\\***"),
        ("//consent/abc", "//consent/***"),
        ("/my-consent/abc", "/my-consent/abc"),
        ("/claims/CL-2026-000001/consent-link", "/claims/CL-2026-000001/consent-link"),
    ],
)
def test_only_tokens_are_masked(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize("letters", ["a", "a-", "a.", "_", "/a"])
def test_masking_looks_at_each_letter_of_a_long_path_a_few_times(letters: str) -> None:
    # In a process that is ended: with every place of the path as a beginning of its own this would be
    # 300 thousand million letters to look at, and a failing test would run for half an hour.
    path = f"'/' + {letters!r} * {600_000 // len(letters)}"
    program = f"from portal.web.logs import mask_path; print(len(mask_path({path})))"
    told = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert int(told.stdout) == PATH_CHARACTERS_AT_MOST + len("…")
