"""The portal as the server's processes open it: the app, and in the embedded default its background work."""

from flask import Flask

from portal.app import create_app
from portal.claims.desk import Desk
from portal.clock import Clock
from portal.settings import read_settings
from portal.web.logs import configure_logging
from portal.work.loop import start_thread


def served() -> Flask:
    """Return the app for one server process, set up from the environment.

    The policy is loaded before the first request, so that nobody's first click waits for it; a policy
    that cannot be loaded leaves the portal up, and /readyz says so. With its own SQLite file the
    process does the background work as well; several doing so get in nobody's way.
    """
    configure_logging(Clock())
    app = create_app(read_settings())
    desk: Desk = app.extensions["desk"]
    app.test_client().get("/readyz")
    if desk.settings.embedded:
        start_thread(app)
    return app
