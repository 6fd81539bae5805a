"""Signed-in browsers: each has a row, which ends by sign-out, by time, or by being revoked."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.orm import Session

from portal.accounts.controls import without_controls
from portal.accounts.model import Person, SignedInSession
from portal.settings import Settings

# The last request is noted this often; a finer note would write to the database at every click.
NOTED_EVERY = timedelta(minutes=1)
# The cookie lives as much longer than the session, so that a form sent just after its end is not lost.
SAID_AFTER = timedelta(days=1)
BROWSER_CHARACTERS = 200


def begin_session(
    session: Session, person: Person, *, browser: str, now: datetime, settings: Settings
) -> str:
    """Sign a browser in and return its token, of which only the hash is kept."""
    token = secrets.token_urlsafe(32)
    session.add(
        SignedInSession(
            token_hash=_hash(token),
            person_id=person.id,
            browser=without_controls(browser)[:BROWSER_CHARACTERS],
            created_at=now,
            last_seen_at=now,
            expires_at=now + timedelta(days=settings.session_days_at_most),
        )
    )
    session.flush()
    return token


def find_session(
    session: Session, token: str, *, now: datetime, settings: Settings
) -> SignedInSession | None:
    """Return the session of `token` where it is in force: not revoked, not expired, its person active."""
    row = session.scalar(select(SignedInSession).where(SignedInSession.token_hash == _hash(token)))
    if row is None or row.revoked_at is not None or not row.person.active:
        return None
    idle_until = row.last_seen_at + timedelta(minutes=settings.session_idle_minutes)
    return row if now < row.expires_at and now < idle_until else None


def whose_session(session: Session, token: str, now: datetime) -> int | None:
    """Return whose the session of `token` is or was, None for one that was revoked or is unknown.

    Who revoked a session wanted nothing more from that browser; one that ended by time says whose it was,
    until SAID_AFTER its last possible moment: what an old cookie sends later is nobody's.
    """
    row = session.scalar(select(SignedInSession).where(SignedInSession.token_hash == _hash(token)))
    if row is None or row.revoked_at is not None or not row.person.active:
        return None
    return row.person_id if now < row.expires_at + SAID_AFTER else None


def should_be_noted(row: SignedInSession, now: datetime) -> bool:
    """Tell whether the last request was noted so long ago that this one is to be noted."""
    return now - row.last_seen_at >= NOTED_EVERY


def note_request(session: Session, session_id: int, now: datetime) -> None:
    """Keep `now` as the moment of the last request."""
    session.execute(update(SignedInSession).where(SignedInSession.id == session_id).values(last_seen_at=now))


def renew_session(session: Session, token: str) -> str:
    """Give the session of `token` another token and return it: whoever copied the old one has nothing."""
    renewed = secrets.token_urlsafe(32)
    session.execute(
        update(SignedInSession)
        .where(SignedInSession.token_hash == _hash(token))
        .values(token_hash=_hash(renewed))
    )
    return renewed


def end_session(session: Session, token: str, now: datetime) -> None:
    """Revoke the session of `token`; an unknown or ended one stays as it is."""
    _revoke(session, SignedInSession.token_hash == _hash(token), now)


def end_sessions_of(session: Session, person_id: int, now: datetime) -> None:
    """Revoke every session of a person; each browser is a stranger at its next request."""
    _revoke(session, SignedInSession.person_id == person_id, now)


def end_other_sessions(session: Session, person_id: int, token: str, now: datetime) -> int:
    """Revoke every session of a person but the one of `token`; returns how many were in force."""
    return _revoke(
        session,
        and_(SignedInSession.person_id == person_id, SignedInSession.token_hash != _hash(token)),
        now,
    )


def end_own_session(session: Session, person_id: int, session_id: int, now: datetime) -> bool:
    """Revoke one session where it is the person's; False where it is not, or had ended."""
    which = and_(SignedInSession.person_id == person_id, SignedInSession.id == session_id)
    return bool(_revoke(session, which, now))


def sessions_in_force(
    session: Session, person_id: int, *, now: datetime, settings: Settings
) -> list[SignedInSession]:
    """Return the person's sessions that would be let in at `now`, the one used last first."""
    idle_since = now - timedelta(minutes=settings.session_idle_minutes)
    query = select(SignedInSession).where(
        SignedInSession.person_id == person_id,
        SignedInSession.revoked_at.is_(None),
        SignedInSession.expires_at > now,
        SignedInSession.last_seen_at > idle_since,
    )
    return list(session.scalars(query.order_by(SignedInSession.last_seen_at.desc(), SignedInSession.id)))


def is_of(row: SignedInSession, token: str) -> bool:
    """Tell whether `token` belongs to the session."""
    return secrets.compare_digest(row.token_hash, _hash(token))


def _revoke(session: Session, which: ColumnElement[bool], now: datetime) -> int:
    """Revoke the sessions that are not yet, and return how many."""
    done = session.execute(
        update(SignedInSession)
        .where(which, SignedInSession.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(SignedInSession.id)
    )
    return len(done.all())


def _hash(token: str) -> str:
    # The token has 256 random bits, so a plain hash cannot be guessed back.
    return hashlib.sha256(token.encode("utf-8")).hexdigest()
