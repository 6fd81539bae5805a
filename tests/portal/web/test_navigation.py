"""The menu shows what a person may open, and the start page leads there."""

import pytest
from flask.testing import FlaskClient
from lxml import html

from tests.page_checks import text_of
from tests.portal.web.invented import WHO


def menu(client: FlaskClient, who: str, path: str = "/nowhere") -> list[str]:
    tree = html.document_fromstring(client.get(path, headers={WHO: who}).get_data(as_text=True))
    return [text_of(link) for link in tree.cssselect("nav a")]


def test_one_sees_what_one_may_open_and_nothing_without_a_page(client: FlaskClient) -> None:
    assert menu(client, "baker") == ["Bread", "Oven"]
    assert menu(client, "guest") == ["Bread"]
    assert menu(client, "stoker") == []


@pytest.mark.parametrize(("path", "marked"), [("/bread/rye", ["Bread"]), ("/breads", []), ("/nowhere", [])])
def test_the_entry_of_the_page_one_is_on_is_marked(client: FlaskClient, path: str, marked: list[str]) -> None:
    tree = html.document_fromstring(client.get(path, headers={WHO: "baker"}).get_data(as_text=True))
    assert [text_of(link) for link in tree.cssselect("nav a[aria-current=page]")] == marked


def test_the_start_page_leads_to_the_first_entry(client: FlaskClient) -> None:
    answer = client.get("/", headers={WHO: "guest"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/bread")


def test_who_may_do_nothing_is_told_whom_to_ask(client: FlaskClient) -> None:
    answer = client.get("/", headers={WHO: "stoker"})
    assert answer.status_code == 200
    assert "Ask whoever looks after the people of your organization" in answer.get_data(as_text=True)


def test_a_stranger_has_no_menu_and_no_way_out(client: FlaskClient) -> None:
    tree = html.document_fromstring(client.get("/nowhere").get_data(as_text=True))
    assert not tree.cssselect("nav")
    assert not tree.cssselect("form")
