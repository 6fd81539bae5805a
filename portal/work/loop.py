"""Background work: the sweep and the outbox, again and again, in a thread or a process of its own."""

import logging
import threading

from flask import Flask

from portal.claims.desk import Desk
from portal.work.outbox import deliver
from portal.work.sweep import sweep

log = logging.getLogger(__name__)


def run_once(desk: Desk) -> None:
    """Apply due ends, then hand over due messages. A failure of one does not keep the other from its turn."""
    for work in (sweep, deliver):
        try:
            work(desk)
        except Exception:
            log.exception("background work failed; it is tried again at the next turn")


def run_forever(app: Flask, stop: threading.Event | None = None) -> None:
    """Work every `work_every_seconds` until `stop` is set."""
    desk: Desk = app.extensions["desk"]
    ended = stop or threading.Event()
    while not ended.is_set():
        with app.app_context():
            run_once(desk)
        ended.wait(desk.settings.work_every_seconds)


def start_thread(app: Flask) -> threading.Event:
    """Work in a daemon thread of the embedded server; set the returned event to end it."""
    stop = threading.Event()
    threading.Thread(target=run_forever, args=(app, stop), name="portal-work", daemon=True).start()
    return stop
