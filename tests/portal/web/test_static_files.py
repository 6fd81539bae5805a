"""Styles and scripts: named by their content, and the vendored ones the very files of their packages."""

import gzip
import hashlib
import json
import re

import pytest
from flask.testing import FlaskClient
from lxml import html

from portal.web.static_files import HTMX_CONFIG, KINDS, STATIC, small
from portal.web.vendoring import TAKEN, integrity_of

VENDOR = STATIC / "vendor"
LISTED = json.loads((VENDOR / "VENDOR.json").read_text(encoding="utf-8"))


def test_every_vendored_file_is_listed_with_its_version_and_the_hash_of_its_content() -> None:
    assert {path.name for path in VENDOR.iterdir()} == {*LISTED, "VENDOR.json"}
    assert {(name, row["package"], row["version"], row["member"]) for name, row in LISTED.items()} == set(
        TAKEN
    )
    for name, row in LISTED.items():
        assert row["integrity"] == integrity_of((VENDOR / name).read_bytes())


def test_htmx_is_of_the_second_line_and_says_so_itself() -> None:
    version = LISTED["htmx.min.js"]["version"]
    assert version.startswith("2.0.")
    assert f'version:"{version}"' in (VENDOR / "htmx.min.js").read_text(encoding="utf-8")


def test_a_page_loads_each_script_with_its_integrity_and_all_of_it_is_there(client: FlaskClient) -> None:
    tree = html.document_fromstring(client.get("/nowhere").get_data(as_text=True))
    scripts = {script.get("src"): script.get("integrity") for script in tree.cssselect("script")}
    assert {integrity for integrity in scripts.values() if integrity} == {
        row["integrity"] for row in LISTED.values()
    }
    sheets = [link.get("href") for link in tree.cssselect("link")]
    for address in (*scripts, *sheets):
        assert client.get(address).status_code == 200, address
        assert address.startswith("/static/")


def test_the_address_of_a_stylesheet_changes_with_its_content(client: FlaskClient) -> None:
    page = client.get("/nowhere").get_data(as_text=True)
    found = re.search(r"/static/styles/tokens\.css\?v=([0-9a-f]{16})", page)
    assert found is not None
    # Of what is sent: it is kept for good, and a file that is shortened in another way is another file.
    sent = client.get("/static/styles/tokens.css").data
    assert found[1] == hashlib.sha256(sent).hexdigest()[:16]


def test_htmx_is_told_to_run_and_write_nothing_that_the_policy_forbids() -> None:
    config = json.loads(HTMX_CONFIG)
    assert config["allowEval"] is False
    assert config["allowScriptTags"] is False
    assert config["includeIndicatorStyles"] is False
    assert config["selfRequestsOnly"] is True
    swapped = [row["code"] for row in config["responseHandling"] if row["swap"]]
    assert all(
        any(re.fullmatch(code, status) for code in swapped) for status in ("200", "409", "422", "429", "503")
    )


OWN = sorted(path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*") if path.suffix in KINDS)
# What all styles and scripts may weigh together, compressed, htmx included: a page is there at once on a
# telephone, and whoever adds a file looks at what it costs.
BYTES_AT_MOST = 45_000
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def test_all_styles_and_scripts_together_are_light() -> None:
    assert sum(len(small(name).zipped) for name in OWN) < BYTES_AT_MOST


@pytest.mark.parametrize("name", ["styles/tokens.css", "portal.js", "vendor/htmx.min.js"])
def test_a_file_is_sent_compressed_to_who_takes_it_and_is_the_same(client: FlaskClient, name: str) -> None:
    zipped = client.get(f"/static/{name}?v=1", headers={"Accept-Encoding": "br, gzip"})
    plain = client.get(f"/static/{name}?v=1")
    assert (zipped.headers["Content-Encoding"], zipped.headers["Vary"]) == ("gzip", "Accept-Encoding")
    assert gzip.decompress(zipped.data) == plain.data
    assert "Content-Encoding" not in plain.headers
    assert zipped.mimetype == plain.mimetype == KINDS[name[name.rindex(".") :]][1]
    assert "immutable" in zipped.headers["Cache-Control"]
    again = client.get(
        f"/static/{name}", headers={"Accept-Encoding": "gzip", "If-None-Match": zipped.headers["ETag"]}
    )
    assert (again.status_code, again.data) == (304, b"")
    other = client.get(f"/static/{name}", headers={"If-None-Match": zipped.headers["ETag"]})
    assert other.status_code == 200, "whoever takes no gzip was told that the compressed file is theirs"


def test_vendored_files_are_sent_as_published_and_ours_without_comments(client: FlaskClient) -> None:
    assert client.get("/static/vendor/htmx.min.js").data == (VENDOR / "htmx.min.js").read_bytes()
    ours = client.get("/static/portal.js").get_data(as_text=True)
    assert "//" in (STATIC / "portal.js").read_text(encoding="utf-8")
    assert "//" not in ours
    assert len(ours) > 1000


@pytest.mark.parametrize("name", [name for name in OWN if name.endswith(".css")])
def test_what_is_about_the_inside_of_something_stays_so(name: str) -> None:
    written = COMMENT.sub("", (STATIC / name).read_text(encoding="utf-8"))
    sent = small(name).plain.decode()
    lost = [
        f"{outer} {pseudo}"
        for outer, pseudo in re.findall(r"([\w)\]]) +(:[a-z-]+)", written)
        if f"{outer} *{pseudo}" not in sent
    ]
    assert lost == []


def test_the_cells_of_a_table_are_styled_and_not_the_table() -> None:
    assert ".table *:is(th,td)" in small("styles/tables.css").plain.decode()


@pytest.mark.parametrize(
    "name", ["../app.py", "nothing.css", "styles", "styles/../../app.js", "%2e%2e/app.js"]
)
def test_nothing_else_is_sent(client: FlaskClient, name: str) -> None:
    assert client.get(f"/static/{name}").status_code == 404


def test_a_picture_is_sent_as_it_is(client: FlaskClient) -> None:
    assert client.get("/static/icon.svg").data == (STATIC / "icon.svg").read_bytes()


def test_pages_are_not_compressed_because_their_length_would_tell_of_their_tokens(
    client: FlaskClient,
) -> None:
    answer = client.get("/nowhere", headers={"Accept-Encoding": "gzip"})
    assert "<html" in answer.get_data(as_text=True)
    assert "Content-Encoding" not in answer.headers
