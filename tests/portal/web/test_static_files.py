"""Styles and scripts: named by their content, and the vendored ones the very files of their packages."""

import json
import re

from flask.testing import FlaskClient
from lxml import html

from portal.web.static_files import HTMX_CONFIG, STATIC
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
    assert re.search(r"/static/styles/tokens\.css\?v=([0-9a-f]{16})", page) is not None


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
