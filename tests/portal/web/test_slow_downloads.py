"""Files that somebody takes slowly keep nobody else waiting: few are under way at once."""

from http import HTTPStatus

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.web.slow_downloads import AT_ONCE, OF_EACH
from tests.portal.web.invented import WHO, WHOSE


def begun(client: FlaskClient, whose: str = "sam@bakery.example") -> TestResponse:
    """Ask for a file, and take nothing of it yet."""
    return client.get("/sack", headers={WHO: "guest", WHOSE: whose}, buffered=False)


def refused(answer: TestResponse) -> bool:
    if answer.status_code == HTTPStatus.OK:
        return False
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    page = answer.get_data(as_text=True)
    assert "Too many files are being downloaded at the moment" in page
    assert f"At most {OF_EACH} of your files and {AT_ONCE} of everybody’s are sent at a time." in page
    assert answer.headers["Retry-After"] == "10"
    assert answer.headers["Cache-Control"] == "no-store"
    return True


def test_nobody_holds_more_than_two_and_all_together_not_every_thread(client: FlaskClient) -> None:
    mine = [begun(client) for _ in range(OF_EACH)]
    assert not any(refused(one) for one in mine)
    assert refused(begun(client))
    others = [begun(client, f"{name}@bakery.example") for name in "ab"]
    assert not any(refused(one) for one in others)
    assert len([*mine, *others]) == AT_ONCE
    assert refused(begun(client, "c@bakery.example"))
    assert client.get("/bread", headers={WHO: "guest"}).status_code == HTTPStatus.OK, "pages wait for nobody"


@pytest.mark.parametrize("how", ["read", "closed", "dropped"])
def test_a_place_is_free_again_however_a_download_ends(client: FlaskClient, how: str) -> None:
    for _ in range(2 * AT_ONCE):
        answer = begun(client)
        assert not refused(answer)
        if how == "read":
            assert answer.get_data() == b"flourflour"
        if how != "dropped":
            answer.close()
        del answer


def test_asking_for_the_headers_alone_takes_no_place(client: FlaskClient) -> None:
    for _ in range(2 * AT_ONCE):
        assert client.head("/sack", headers={WHO: "guest"}).status_code == HTTPStatus.OK
