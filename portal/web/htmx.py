"""Answers with a whole page or, where htmx asks, with the part of it that changes."""

from typing import Any

from flask import Response, render_template
from htmx_flask import make_response, request


def respond(
    page_template: str, partial_template: str | None = None, *, status: int = 200, **context: Any
) -> Response:
    """Render `partial_template` for htmx and `page_template` for everybody else.

    Without a partial, and for htmx restoring its history, the page is the answer. No view asks who
    asked; caches are told by `Vary`.
    """
    template = page_template
    if partial_template and request.htmx and not request.htmx.history_restore_request:
        template = partial_template
    response: Response = make_response(render_template(template, **context), status)
    response.vary.add("HX-Request")
    return response
