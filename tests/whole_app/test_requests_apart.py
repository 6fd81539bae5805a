"""Requests that follow each other in one thread have nothing of each other."""

from collections.abc import Iterator

from flask import Flask, Response, stream_with_context

from portal.web.access import allow_signed_in
from tests import factories
from tests.browser import Browser


@allow_signed_in
def half_read() -> Response:
    def parts() -> Iterator[str]:
        yield "one"
        yield "two"

    return Response(stream_with_context(parts()))


def test_an_answer_that_nobody_reads_lends_its_person_to_no_other(app: Flask, house: factories.House) -> None:
    app.add_url_rule("/half-read", view_func=half_read)
    partner, reviewer = Browser(app), Browser(app)
    partner.sign_in("incentives@contoso.example", factories.PASSWORD)
    reviewer.sign_in("reviewer@operator.example", factories.PASSWORD)
    left_open = partner.ask("GET", "/half-read")
    assert reviewer.visit("/reviews").status == 200
    assert reviewer.visit("/claims", status=403).status == 403
    left_open.close()
