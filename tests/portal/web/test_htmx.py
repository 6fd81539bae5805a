"""Page or part: chosen in one place, by who asks."""

from pathlib import Path

import pytest

from portal.clock import FixedClock
from portal.web.htmx import respond
from tests.portal.web.invented import invented_app


@pytest.mark.parametrize(
    ("headers", "partial", "body"),
    [
        ({}, "_part.html", "page of rye"),
        ({"HX-Request": "true"}, "_part.html", "part of rye"),
        ({"HX-Request": "true"}, None, "page of rye"),
        ({"HX-Request": "true", "HX-History-Restore-Request": "true"}, "_part.html", "page of rye"),
        ({"HX-Request": "false"}, "_part.html", "page of rye"),
    ],
)
def test_htmx_gets_the_part_and_everybody_else_the_page(
    clock: FixedClock, tmp_path: Path, headers: dict[str, str], partial: str | None, body: str
) -> None:
    (tmp_path / "page.html").write_text("page of {{ flour }}")
    (tmp_path / "_part.html").write_text("part of {{ flour }}")
    app = invented_app(clock, tmp_path)
    with app.test_request_context("/", headers=headers):
        response = respond("page.html", partial, status=409, flour="rye")
    assert response.get_data(as_text=True) == body
    assert response.status_code == 409
    assert "HX-Request" in response.vary
