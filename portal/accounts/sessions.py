"""Signed-in browsers: each has a row, which ends by sign-out, by time, or by being revoked."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.accounts.controls import without_controls
from portal.accounts.model import Person, SignedInSession
from portal.settings import Settings

# The last request is noted this often; a finer note would write to the database at every click.
NOTED_EVERY = timedelta(minutes=1)
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


def should_be_noted(row: SignedInSession, now: datetime) -> bool:
    """Tell whether the last request was noted so long ago that this one is to be noted."""
    return now - row.last_seen_at >= NOTED_EVERY


def note_request(session: Session, session_id: int, now: datetime) -> None:
    """Keep `now` as the moment of the last request."""
    session.execute(update(SignedInSession).where(SignedInSession.id == session_id).values(last_seen_at=now))


def end_session(session: Session, token: str, now: datetime) -> None:
    """Revoke the session of `token`; an unknown or ended one stays as it is."""
    _revoke(session, SignedInSession.token_hash == _hash(token), now)


def end_sessions_of(session: Session, person_id: int, now: datetime) -> None:
    """Revoke every session of a person; each browser is a stranger at its next request."""
    _revoke(session, SignedInSession.person_id == person_id, now)


def _revoke(session: Session, which: object, now: datetime) -> None:
    session.execute(
        update(SignedInSession)
        .where(which, SignedInSession.revoked_at.is_(None))  # type: ignore[arg-type]  # a column comparison
        .values(revoked_at=now)
    )


def _hash(token: str) -> str:
    # The token has 256 random bits, so a plain hash cannot be guessed back.
    return hashlib.sha256(token.encode("utf-8")).hexdigest()
