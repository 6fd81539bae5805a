"""One JSON line per request and per event, with the request's id and without anything secret."""

import logging
import re
import secrets
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO
from urllib.parse import unquote

import structlog
from flask import Flask, Response, g, request

from portal.clock import Clock

# What stands behind these parts of an address opens something to whoever holds it, so it is a secret
# wherever it is written, in whatever case and however often a mail program encoded the slashes.
SECRET_PARTS = ("consent", "invitations", "password")
_SLASH = r"(?:[/\\]|%(?:25)*(?:2f|5c))"
_PART = rf"((?:{_SLASH}|(?<![\w-]))(?:{'|'.join(SECRET_PARTS)}){_SLASH})"
_IN_TEXT = re.compile(rf"{_PART}[^?#\s\"']+", re.IGNORECASE)
_IN_PATH = re.compile(rf"{_PART}.+", re.IGNORECASE | re.DOTALL)
# A token by itself: whoever mangled the part before it still holds a link that opens. It begins where no
# letter of a token stands before: tried at each letter, a path of many letters would take minutes.
_TOKEN = re.compile(r"(?<![\w-])[\w-]{16,}\.[\w-]{16,}")
PATH_CHARACTERS_AT_MOST = 300  # the longest address of the portal is a third of it
SECRET_WORDS = ("password", "token", "secret", "cookie", "authorization")
MASK = "***"

requests = logging.getLogger("portal.requests")


def mask(text: str) -> str:
    """Return `text` with everything masked that stands behind one of SECRET_PARTS in an address."""
    return _IN_TEXT.sub(rf"\1{MASK}", text)


def mask_path(path: str) -> str:
    """Return the path of a request masked likewise, up to its end: in a path blanks end nothing.

    A path that hides such a part by encoding its letters is logged decoded and masked. Whatever looks like
    a token is masked wherever it stands, and a long path is cut.
    """
    decoded = unquote(unquote(path))
    masked = _IN_PATH.sub(rf"\1{MASK}", decoded if _IN_PATH.search(decoded) else path)
    cut = _TOKEN.sub(MASK, masked)
    return cut if len(cut) <= PATH_CHARACTERS_AT_MOST else f"{cut[:PATH_CHARACTERS_AT_MOST]}…"


def mask_secrets(_logger: object, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Mask tokens in every text of a log line and every value whose name speaks of a secret."""
    return {name: _masked(name, value) for name, value in event.items()}


def _masked(name: str, value: Any) -> Any:
    if any(word in name.casefold() for word in SECRET_WORDS):
        return MASK
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, Mapping):
        return {key: _masked(str(key), inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_masked("", inner) for inner in value]
    return value if isinstance(value, (bool, int, float, type(None))) else mask(repr(value))


def configure_logging(clock: Clock, stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Write what this process logs to `stream` (standard error by default), one JSON object a line."""

    def add_moment(_logger: object, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
        return {"at": clock.now().isoformat(timespec="milliseconds"), **event}

    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.stdlib.ExtraAdder(),
        structlog.processors.format_exc_info,
    ]
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                add_moment,
                mask_secrets,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)


def install_request_log(app: Flask, clock: Clock) -> None:
    """Give each request an id, sent back as X-Request-Id, and log its end; static files are left out."""

    @app.before_request
    def begin() -> None:
        g.request_id = secrets.token_hex(8)
        g.began_at = clock.now()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)

    @app.after_request
    def end(response: Response) -> Response:
        if "request_id" not in g or request.endpoint == "static":
            return response
        response.headers["X-Request-Id"] = g.request_id
        requests.info(
            "request",
            extra={
                "method": request.method,
                "path": mask_path(request.path),
                "status": response.status_code,
                "milliseconds": round((clock.now() - g.began_at).total_seconds() * 1000, 1),
            },
        )
        return response
