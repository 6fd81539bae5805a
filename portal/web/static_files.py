"""Where pages get styles and scripts: addresses with a hash of the content, vendored ones with integrity."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flask import Flask, url_for

STATIC = Path(__file__).resolve().parent.parent / "static"
# The sheets of every page, in their order; what only some pages need, these link themselves (block `styles`).
STYLES = tuple(
    f"styles/{name}.css"
    for name in ("tokens", "base", "layout", "components", "forms", "tables", "claims", "states")
)
HTMX_CONFIG = json.dumps(
    {
        # htmx would otherwise write styles and run code that the content security policy forbids.
        "includeIndicatorStyles": False,
        "allowEval": False,
        "allowScriptTags": False,
        "selfRequestsOnly": True,
        "historyCacheSize": 0,
        "refreshOnHistoryMiss": True,
        # A refused form comes back with its reasons under 4xx; it is shown like any other answer.
        "responseHandling": [
            {"code": "204|304", "swap": False},
            {"code": "[23]..", "swap": True},
            {"code": "409|413|422|429", "swap": True, "error": False},
            # An error page names its own place by HX-Retarget; see web/errors.py.
            {"code": "[45]..", "swap": True, "error": True},
        ],
    }
)


@dataclass(frozen=True)
class Script:
    """One vendored script as a page names it."""

    url: str
    integrity: str


def install_static_files(app: Flask) -> None:
    """Give templates `static_url(name)`, `stylesheets`, `vendored_scripts` and `htmx_config`."""
    listed = json.loads((STATIC / "vendor" / "VENDOR.json").read_text(encoding="utf-8"))
    digest = _digest if app.debug else lru_cache(_digest)
    app.jinja_env.globals["static_url"] = _static_url(digest)
    app.jinja_env.globals["stylesheets"] = STYLES
    app.jinja_env.globals["htmx_config"] = HTMX_CONFIG

    @app.context_processor
    def vendored() -> dict[str, object]:
        return {
            "vendored_scripts": [
                Script(url_for("static", filename=f"vendor/{name}", v=entry["version"]), entry["integrity"])
                for name, entry in listed.items()
            ]
        }


def _static_url(digest: Callable[[str], str]) -> Callable[[str], str]:
    def static_url(name: str) -> str:
        return url_for("static", filename=name, v=digest(name))

    return static_url


def _digest(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:16]
