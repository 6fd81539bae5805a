"""Links by which one person chooses a password once: made, mailed, found and voided."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.accounts.entrance import Entrance
from portal.accounts.model import AccountLink, Person
from portal.accounts.signed_links import hash_of, signed
from portal.notifications.outbox import post

INVITATION, FORGOTTEN = "invitation", "password"  # also the first part of the link's address
ACCOUNT = "account"  # the audience of mails that are about an account and no claim


def mail_link(session: Session, entrance: Entrance, person: Person, purpose: str, by: str = "") -> None:
    """Make a link for `person`, void earlier ones, and leave its mail in the outbox; `by` invites.

    All of it is committed or rolled back with the caller's work.
    """
    now, settings = entrance.clock.now(), entrance.settings
    void_links(session, person.id, now)
    lasts = {
        INVITATION: timedelta(days=settings.invitation_days),
        FORGOTTEN: timedelta(minutes=settings.password_link_minutes),
    }
    link = AccountLink(
        person_id=person.id,
        purpose=purpose,
        nonce=secrets.token_urlsafe(16),
        created_at=now,
        expires_at=now + lasts[purpose],
    )
    link.token_hash = hash_of(token_for(entrance.secret, link))
    session.add(link)
    session.flush()
    post(
        session,
        subject=f"{ACCOUNT}:{person.id}",
        event=purpose,
        recipient=person.email,
        audience=ACCOUNT,
        context={"link": link.id, "by": by},
        at=now,
    )


def token_for(secret: bytes, link: AccountLink) -> str:
    """Return the link's token."""
    return signed(secret, f"{ACCOUNT} {link.purpose}", link.nonce)


def void_links(session: Session, person_id: int, now: datetime) -> None:
    """Void every link of a person."""
    which = (AccountLink.person_id == person_id, AccountLink.void_at.is_(None))
    session.execute(update(AccountLink).where(*which).values(void_at=now))


def link_in_force(session: Session, token: str, now: datetime, *, lock: bool = False) -> AccountLink | None:
    """Return what `token` opens at `now`; None for anything else, used, void and out of date alike."""
    query = select(AccountLink).where(
        AccountLink.token_hash == hash_of(token), AccountLink.void_at.is_(None), AccountLink.expires_at > now
    )
    if lock:
        query = query.with_for_update(of=AccountLink).execution_options(populate_existing=True)
    return session.scalar(query)


def last_link(session: Session, person_id: int) -> AccountLink | None:
    """Return the link that was mailed to a person last, in force or not."""
    query = select(AccountLink).where(AccountLink.person_id == person_id)
    return session.scalar(query.order_by(AccountLink.id.desc()).limit(1))


def mailed_lately(session: Session, entrance: Entrance, person_id: int) -> bool:
    """Tell whether the person was mailed a link so shortly ago that no other is sent yet."""
    last = last_link(session, person_id)
    pause = timedelta(minutes=entrance.settings.account_mail_every_minutes)
    return last is not None and entrance.clock.now() < last.created_at + pause
