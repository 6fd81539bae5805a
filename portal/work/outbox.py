"""Hands over what waits in the outbox, and then starts the clocks that wait for it."""

from datetime import datetime

from portal.accounts.account_links import ACCOUNT
from portal.accounts.account_mails import require_link, write_account_mail
from portal.claims.desk import Desk
from portal.claims.mail_recipients import readdress
from portal.claims.mail_ways import require_chosen_way
from portal.claims.mails import require_consent_link, write_mail
from portal.claims.reminding import require_current
from portal.claims.telling import start_told_clocks
from portal.db import db, transaction
from portal.incentives.payout_mails import PAYOUTS, write_payout_mail
from portal.notifications.delivery import DeliveryReport, Render, deliver_due
from portal.notifications.model import OutboxMessage
from portal.notifications.rendering import Rendered
from portal.notifications.transports import Transport, transport_from
from portal.work.digests import DIGEST, settle_items, write_digest


def deliver(desk: Desk, transport: Transport | None = None) -> DeliveryReport:
    """Hand over every message that is due, once each; failures wait longer each time.

    Without a `transport` it is the one of the settings.
    """
    desk.open()
    to = transport or transport_from(desk.settings)
    report = deliver_due(transaction, desk.clock, to, render_current(desk))
    start_told_clocks(desk)
    return report


def render_with(desk: Desk) -> Render:
    """Return what writes any message of the outbox, within the session at hand, whether or not it is over."""

    def render(message: OutboxMessage, at: datetime) -> Rendered:
        if message.audience == DIGEST:
            return write_digest(db.session(), desk, message, at)
        if message.audience == ACCOUNT:
            return write_account_mail(
                db.session(), desk.settings, desk.secret, message, desk.policies.in_force()
            )
        if message.audience == PAYOUTS:
            return write_payout_mail(db.session(), desk, message)
        return write_mail(db.session(), desk, message, at)

    return render


def render_current(desk: Desk) -> Render:
    """Return what writes a message to be handed over; it raises OutOfDate where its time is over."""
    write = render_with(desk)

    def render(message: OutboxMessage, at: datetime) -> Rendered:
        if message.audience == DIGEST:
            settle_items(db.session(), desk, message, at)
        elif message.audience == ACCOUNT:
            require_link(db.session(), message, at)
        elif message.audience != PAYOUTS:
            readdress(db.session(), desk, message)
            require_current(db.session(), message, at)
            require_consent_link(db.session(), message)
            require_chosen_way(db.session(), desk, message)
        return write(message, at)

    return render
