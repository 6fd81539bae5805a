"""The headers that every answer carries."""

from flask import Flask, Response, request

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; font-src 'self'"
)
EVERYWHERE = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
# Styles and scripts are asked for with a hash of their content, so a kept copy is never a stale one.
# stays English: words of HTTP
KEEP_FOR_GOOD = "public, max-age=31536000, immutable"


def install_headers(app: Flask, *, https: bool) -> None:
    """Put the headers on every answer, errors included. A view's own stricter policy stays."""

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in EVERYWHERE.items():
            response.headers.setdefault(name, value)
        if https:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if request.endpoint == "static" and response.status_code == 200 and "v" in request.args:
            response.headers["Cache-Control"] = KEEP_FOR_GOOD
        elif request.endpoint != "static":
            # Pages show what one person may see; nothing of them stays on a shared machine.
            response.headers["Cache-Control"] = "no-store"
        return response


def keep_token_private(response: Response) -> Response:
    """Keep the token in a page's address out of referrers, caches and search engines."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    # stays English: words of HTTP
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
