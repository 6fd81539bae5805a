"""Every error is a sound page that says what to do, and tells nothing of the inside."""

import logging

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html

from portal.web.errors import FORM_TOO_OLD, TEXTS
from tests.page_checks import faults_of_fragment, faults_of_page, text_of
from tests.portal.web.invented import WHO

HTMX = {"HX-Request": "true"}


@pytest.mark.parametrize("who", [{}, {WHO: "baker"}])
@pytest.mark.parametrize("status", sorted(TEXTS))
def test_each_status_has_a_page_with_its_words(client: FlaskClient, status: int, who: dict[str, str]) -> None:
    answer = client.get(f"/error/{status}", headers=who)
    tree = html.document_fromstring(answer.get_data(as_text=True))
    assert answer.status_code == status
    assert text_of(tree.xpath("//h1")[0]) == TEXTS[status].heading
    for step in TEXTS[status].advice:
        assert str(step) in text_of(tree)
    assert faults_of_page(tree, answer.headers) == []


@pytest.mark.parametrize("status", sorted(TEXTS))
def test_htmx_gets_the_notice_alone_and_where_to_put_it(client: FlaskClient, status: int) -> None:
    answer = client.get(f"/error/{status}", headers=HTMX)
    assert answer.status_code == status
    assert answer.headers["HX-Retarget"] == "#flashes"
    assert answer.headers["HX-Reswap"].startswith("innerHTML")
    assert "HX-Request" in answer.headers["Vary"]
    tree = html.fragment_fromstring(answer.get_data(as_text=True), create_parent="div")
    assert not tree.xpath("//main")
    assert str(TEXTS[status].heading) in text_of(tree)
    assert faults_of_fragment(tree) == []


@pytest.mark.parametrize(("status", "like"), [(418, 400), (451, 400), (502, 500)])
def test_other_statuses_get_the_words_of_their_kind(client: FlaskClient, status: int, like: int) -> None:
    answer = client.get(f"/error/{status}")
    assert answer.status_code == status
    assert str(TEXTS[like].heading) in answer.get_data(as_text=True)


@pytest.mark.parametrize(("path", "status"), [("/broken", 500), ("/undecided", 503)])
def test_failures_give_a_number_to_quote_and_nothing_of_the_inside(
    client: FlaskClient, path: str, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = client.get(path)
    text = answer.get_data(as_text=True)
    assert answer.status_code == status
    assert answer.headers["X-Request-Id"] in text
    assert "secret of the inside" not in text
    assert caplog.records, "the cause is in the log"


def test_what_cannot_be_mended_with_a_number_shows_none(client: FlaskClient) -> None:
    answer = client.get("/nowhere")
    assert answer.headers["X-Request-Id"] not in answer.get_data(as_text=True)


def test_a_form_without_its_token_says_that_the_texts_are_not_lost(client: FlaskClient) -> None:
    text = client.post("/oven", headers={WHO: "baker"}).get_data(as_text=True)
    assert str(FORM_TOO_OLD.heading) in text
    assert str(FORM_TOO_OLD.advice[0]) in text


def test_too_much_is_told_as_too_much(client: FlaskClient) -> None:
    answer = client.post("/oven", headers={WHO: "baker"}, data={"text": "x" * 2000})
    assert answer.status_code == 413
    assert str(TEXTS[413].heading) in answer.get_data(as_text=True)


def test_the_methods_that_work_are_still_told(client: FlaskClient) -> None:
    assert "POST" in client.get("/sign-out").headers["Allow"]


def test_a_number_larger_than_any_id_is_not_there(client: FlaskClient) -> None:
    assert client.get(f"/rows/{2**63 - 1}").get_data(as_text=True) == str(2**63 - 1)
    assert client.get(f"/rows/{2**63}").status_code == 404


def test_what_does_not_fit_its_pattern_is_not_there(client: FlaskClient) -> None:
    assert client.get("/loaves/L-07").get_data(as_text=True) == "L-07"
    for number in ("L-7", "L-077", "l-07", "L-٠٧", "L-07%0A", "xL-07", "L-07/"):
        assert client.get(f"/loaves/{number}").status_code == 404, number


def test_every_text_says_what_to_do() -> None:
    for text in (*TEXTS.values(), FORM_TOO_OLD):
        assert text.advice
        assert all(step.endswith(".") for step in (text.text, *text.advice))


def test_an_error_page_needs_no_database_or_policy(bakery: Flask) -> None:
    def who() -> None:
        raise RuntimeError("the database is gone")

    bakery.before_request_funcs[None].insert(0, who)
    assert bakery.test_client().get("/bread").status_code == 500
