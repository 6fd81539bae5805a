"""A request that holds a NUL is told so, whatever it asks for."""

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from portal.web.nul import HOLDS_NUL
from tests.portal.web.invented import WHO

BAKER = {WHO: "baker"}


@pytest.mark.parametrize("path", ["/bread%00", "/shop/%00", "/%00", "/bread?kind=rye%00", "/bread?%00=1"])
@pytest.mark.parametrize("who", [{}, BAKER])
def test_an_address_with_one_is_refused(client: FlaskClient, path: str, who: dict[str, str]) -> None:
    answer = client.get(path, headers=who)
    assert answer.status_code == 400
    assert str(HOLDS_NUL.heading) in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "form", [{"text": "a\x00b"}, {"a\x00b": "text"}, [("text", "fine"), ("text", "\x00")]]
)
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_form_with_one_is_refused(client: FlaskClient, form: dict[str, str], kind: str) -> None:
    answer = client.post("/kneading", data=MultiDict(form), content_type=kind, headers=BAKER)
    assert answer.status_code == 400
    assert str(HOLDS_NUL.text) in answer.get_data(as_text=True)


def test_a_form_that_judges_its_texts_itself_is_left_to_it(client: FlaskClient) -> None:
    answer = client.post("/tasting", data={"text": "a\x00b"}, headers=BAKER)
    assert answer.get_data(as_text=True) == "tasted"


def test_other_texts_go_on(client: FlaskClient) -> None:
    assert (
        client.post("/kneading", data={"text": "a\x01b"}, headers=BAKER).get_data(as_text=True) == "kneading"
    )


def test_strangers_are_asked_to_sign_in_before_their_form_is_read(client: FlaskClient) -> None:
    assert client.post("/kneading", data={"text": "a\x00b"}).status_code == 303
