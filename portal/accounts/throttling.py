"""Slows the guessing of passwords down, without locking the right person out."""

import hmac
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from portal.accounts.model import SignInAttempt
from portal.settings import Settings

# One network may be a whole company, so it gets more tries than one account does from it.
NETWORK_FACTOR = 10
# So many times the tries of one network are made on one account by many machines, or by nobody: people
# who forgot a password ask for help long before. From then on a neighborhood of networks gets one try in
# the window. It is not none: whoever guesses on and on would keep the right person out for good.
ACCOUNT_FACTOR = 10
TRIES_UNDER_ATTACK = 1
IPV6_NETWORK_BITS = 64  # what a provider gives one household
# What one customer of a provider gets at most without being asked why.
IPV4_NEIGHBORHOOD_BITS, IPV6_NEIGHBORHOOD_BITS = 24, 48


@dataclass(frozen=True)
class Counter:
    """Where failures of one try are counted, as keyed hashes.

    A browser in which the person signed in before has a counter of its own, which nobody else can
    fill; every other browser shares the one of the account and its network, and its network's. Its
    tries are counted once more `everywhere`: by the account, and by the neighborhood of the network.
    """

    account_hash: str
    network_hash: str
    everywhere: "Counter | None" = None


def counter_of(secret: bytes, email: str, network: str, device: str | None) -> Counter:
    """Return the counter for `email` tried from `network` (an IP address) or a known `device`."""
    if device is not None:
        return Counter(_keyed(secret, f"device {device} {email}"), _keyed(secret, "known device"))
    neighborhood = _wide(network, IPV4_NEIGHBORHOOD_BITS, IPV6_NEIGHBORHOOD_BITS)
    return Counter(
        _keyed(secret, f"account {email}"),
        _keyed(secret, f"network {_wide(network, ipaddress.IPV4LENGTH, IPV6_NETWORK_BITS)}"),
        Counter(
            _keyed(secret, f"account everywhere {email}"), _keyed(secret, f"neighborhood {neighborhood}")
        ),
    )


def count_try(session: Session, counter: Counter, now: datetime, settings: Settings) -> list[int]:
    """Count a try before its password is looked at, and return the ids of its rows; old ones are dropped.

    Counting first bounds how many passwords can be tried at the same moment.
    """
    session.execute(delete(SignInAttempt).where(SignInAttempt.at <= now - _window(settings)))
    attempts = [
        SignInAttempt(account_hash=one.account_hash, network_hash=one.network_hash, at=now)
        for one in _each(counter)
    ]
    session.add_all(attempts)
    session.flush()
    return [attempt.id for attempt in attempts]


def closed_until(session: Session, counter: Counter, now: datetime, settings: Settings) -> datetime | None:
    """Return when the next try is taken, None where the one just counted may go on.

    It is never longer than the window away.
    """
    limit = settings.sign_in_failures_at_most
    account, network = _columns(counter)
    moments = [_over(session, (account, network), limit, now, settings)]
    if counter.everywhere is not None:
        moments.append(_over(session, (network,), limit * NETWORK_FACTOR, now, settings))
        account, neighborhood = _columns(counter.everywhere)
        attacked = _over(session, (account,), limit * ACCOUNT_FACTOR, now, settings)
        used_up = _over(session, (account, neighborhood), TRIES_UNDER_ATTACK, now, settings)
        if attacked is not None and used_up is not None:
            moments.append(min(attacked, used_up))
    return max((moment for moment in moments if moment is not None), default=None)


def forget_try(session: Session, attempt_ids: list[int]) -> None:
    """Drop one counted try: a refused one must not make the wait longer."""
    session.execute(delete(SignInAttempt).where(SignInAttempt.id.in_(attempt_ids)))


def forget_tries(session: Session, counter: Counter) -> None:
    """Drop the tries of an account and network, or of a device, after the right password."""
    for one in _each(counter):
        session.execute(delete(SignInAttempt).where(*_columns(one)))


def _each(counter: Counter) -> list[Counter]:
    return [counter] if counter.everywhere is None else [counter, counter.everywhere]


def _columns(counter: Counter) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return (
        SignInAttempt.account_hash == counter.account_hash,
        SignInAttempt.network_hash == counter.network_hash,
    )


def _over(
    session: Session, which: tuple[ColumnElement[bool], ...], limit: int, now: datetime, settings: Settings
) -> datetime | None:
    """Return when fewer than `limit` older tries will be left in the window, None if that is so now."""
    window = _window(settings)
    one_too_many = session.scalar(
        select(SignInAttempt.at)
        .where(*which, SignInAttempt.at > now - window)
        .order_by(SignInAttempt.at.desc(), SignInAttempt.id.desc())
        .offset(limit)
        .limit(1)
    )
    return one_too_many + window if one_too_many is not None else None


def _window(settings: Settings) -> timedelta:
    return timedelta(minutes=settings.sign_in_window_minutes)


def _wide(network: str, ipv4_bits: int, ipv6_bits: int) -> str:
    try:
        address = ipaddress.ip_address(network)
    except ValueError:
        return network
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    bits = ipv4_bits if isinstance(address, ipaddress.IPv4Address) else ipv6_bits
    return str(ipaddress.ip_network((address, bits), strict=False))


def _keyed(secret: bytes, text: str) -> str:
    # stays English: what is hashed
    return hmac.digest(secret, f"sign-in {text}".encode(), "sha256").hex()
