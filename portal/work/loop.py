"""Background work: the sweep and the outbox, again and again, in a thread or a process of its own."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Flask

from portal.accounts.kept_forms import sweep_kept_forms
from portal.claims.desk import Desk
from portal.claims.held_contents import sweep_documents
from portal.incentives.following import follow_imports
from portal.work.auditing import keep_audit_heads
from portal.work.digests import leave_digests
from portal.work.importing import read_imports
from portal.work.outbox import deliver
from portal.work.sweep import sweep

log = logging.getLogger(__name__)

# Contents that no claim holds are seldom and cost only disk space; looking for them reads whole folders.
DOCUMENTS_EVERY = timedelta(hours=1)


def sweep_forms(desk: Desk) -> None:
    """Delete the forms of ended sessions that nobody came back for."""
    sweep_kept_forms(desk.clock.now(), desk.settings)


EVERY_TURN: tuple[Callable[[Desk], object], ...] = (
    sweep,
    follow_imports,
    leave_digests,
    deliver,
    keep_audit_heads,
    sweep_forms,
    read_imports,  # the last, for a long file takes minutes
)


def run_once(desk: Desk, works: tuple[Callable[[Desk], object], ...] = EVERY_TURN) -> None:
    """Do what is due: ends of clocks, messages, the audit's heads. A failure of one holds up no other."""
    for work in works:
        try:
            work(desk)
        except Exception:
            log.exception("background work failed; it is tried again at the next turn")


def run_forever(app: Flask, stop: threading.Event | None = None) -> None:
    """Work every `work_every_seconds` until `stop` is set; clean up documents first and then every hour."""
    desk: Desk = app.extensions["desk"]
    ended = stop or threading.Event()
    cleaned: datetime | None = None
    while not ended.is_set():
        with app.app_context():
            run_once(desk)
            now = desk.clock.now()
            if cleaned is None or now - cleaned >= DOCUMENTS_EVERY:
                run_once(desk, (sweep_documents,))
                cleaned = now
        ended.wait(desk.settings.work_every_seconds)


def start_thread(app: Flask) -> threading.Event:
    """Work in a daemon thread of the embedded server; set the returned event to end it."""
    stop = threading.Event()
    threading.Thread(target=run_forever, args=(app, stop), name="portal-work", daemon=True).start()
    return stop
