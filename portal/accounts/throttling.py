"""Slows the guessing of passwords down, without locking the right person out."""

import hmac
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.accounts.model import SignInAttempt
from portal.settings import Settings

# One network may be a whole company, so it gets more tries than one account does from it.
NETWORK_FACTOR = 10
IPV6_NETWORK_BITS = 64  # what a provider gives one household


@dataclass(frozen=True)
class Counter:
    """Where failures of one try are counted, as keyed hashes.

    A browser in which the person signed in before has a counter of its own, which nobody else can
    fill; every other browser shares the one of the account and its network, and its network's.
    """

    account_hash: str
    network_hash: str
    shares_network: bool


def counter_of(secret: bytes, email: str, network: str, device: str | None) -> Counter:
    """Return the counter for `email` tried from `network` (an IP address) or a known `device`."""
    if device is not None:
        return Counter(_keyed(secret, f"device {device} {email}"), _keyed(secret, "known device"), False)
    return Counter(_keyed(secret, f"account {email}"), _keyed(secret, f"network {_wide(network)}"), True)


def count_try(session: Session, counter: Counter, now: datetime, settings: Settings) -> int:
    """Count a try before its password is looked at, and return its id; old tries are dropped.

    Counting first bounds how many passwords can be tried at the same moment.
    """
    session.execute(delete(SignInAttempt).where(SignInAttempt.at <= now - _window(settings)))
    attempt = SignInAttempt(account_hash=counter.account_hash, network_hash=counter.network_hash, at=now)
    session.add(attempt)
    session.flush()
    return attempt.id


def closed_until(session: Session, counter: Counter, now: datetime, settings: Settings) -> datetime | None:
    """Return when the next try is taken, None where the one just counted may go on."""
    limit = settings.sign_in_failures_at_most
    pair = (
        SignInAttempt.account_hash == counter.account_hash,
        SignInAttempt.network_hash == counter.network_hash,
    )
    moments = [_over(session, pair, limit, now, settings)]
    if counter.shares_network:
        moments.append(_over(session, pair[1:], limit * NETWORK_FACTOR, now, settings))
    return max((moment for moment in moments if moment is not None), default=None)


def forget_try(session: Session, attempt_id: int) -> None:
    """Drop one counted try: a refused one must not make the wait longer."""
    session.execute(delete(SignInAttempt).where(SignInAttempt.id == attempt_id))


def forget_tries(session: Session, counter: Counter) -> None:
    """Drop the tries of an account and network, or of a device, after the right password."""
    session.execute(
        delete(SignInAttempt).where(
            SignInAttempt.account_hash == counter.account_hash,
            SignInAttempt.network_hash == counter.network_hash,
        )
    )


def _over(
    session: Session, which: tuple[object, ...], limit: int, now: datetime, settings: Settings
) -> datetime | None:
    """Return when fewer than `limit` older tries will be left in the window, None if that is so now."""
    window = _window(settings)
    one_too_many = session.scalar(
        select(SignInAttempt.at)
        .where(*which, SignInAttempt.at > now - window)  # type: ignore[arg-type]  # column comparisons
        .order_by(SignInAttempt.at.desc(), SignInAttempt.id.desc())
        .offset(limit)
        .limit(1)
    )
    return one_too_many + window if one_too_many is not None else None


def _window(settings: Settings) -> timedelta:
    return timedelta(minutes=settings.sign_in_window_minutes)


def _wide(network: str) -> str:
    try:
        address = ipaddress.ip_address(network)
    except ValueError:
        return network
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, IPV6_NETWORK_BITS), strict=False))
    return str(address)


def _keyed(secret: bytes, text: str) -> str:
    return hmac.digest(secret, f"sign-in {text}".encode(), "sha256").hex()
