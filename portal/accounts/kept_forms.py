"""Forms that were sent after their session had ended, or left: kept for the person whose session it was."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.accounts.entrance import Entrance
from portal.accounts.model import KeptForm, Person
from portal.accounts.sessions import whose_session
from portal.db import transaction
from portal.settings import Settings

# A form of the portal with every text at its longest is a fifth of it; nobody types as much in a session.
CHARACTERS_AT_MOST = 100_000
# The largest form of the portal has some sixty; each one more costs every page of its person.
FIELDS_AT_MOST = 300
# Addresses of the portal are far shorter, and this one is put into a cookie, of which a browser takes 4 kB.
ADDRESS_CHARACTERS_AT_MOST = 300
# Of the names of files, which are only told: a claim holds twenty documents.
FILES_AT_MOST, NAME_CHARACTERS_AT_MOST = 20, 200
# What a field's name may not speak of: such texts open something, and are nowhere kept as they are.
NEVER_KEPT = ("password", "token", "secret")
NUL = "\x00"


@dataclass(frozen=True)
class SentForm:
    """A form as it was sent: the page it was on, its address (own paths), its texts, its files' names."""

    page: str
    action: str
    fields: tuple[tuple[str, str], ...]
    files: tuple[str, ...] = ()
    left: bool = False  # because its page was left, while the session lasted


def keep_form(entrance: Entrance, token: str, sent: SentForm, told: frozenset[str] = frozenset()) -> bool:
    """Keep the form for whom the ended session of `token` belonged to; opens its own transaction.

    Returns False, and keeps nothing, where the session does not say whose it was or was revoked, and
    where the form is larger than any of the portal's or holds what a database cannot keep. It takes
    the place of an earlier form of the same person, unless nothing was typed (`told` as in `readable`).
    """
    if is_too_large(sent):
        return False
    fields = [
        [name, text] for name, text in sent.fields if not any(word in name.casefold() for word in NEVER_KEPT)
    ]
    texts = [text for pair in fields for text in pair]
    if any(NUL in text for text in (*texts, *sent.files)):
        return False
    with transaction() as session:
        person_id = whose_session(session, token, entrance.clock.now())
        if person_id is None:
            return False
        # Who sends the same form twice at once waits here: a person has one kept form.
        session.execute(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))
        now = entrance.clock.now()
        _forget_old(session, now, entrance.settings)
        earlier = session.scalar(select(KeptForm.id).where(KeptForm.person_id == person_id))
        if earlier is not None and not readable(fields, told):
            return False
        forget_form(session, person_id)
        session.add(
            KeptForm(
                person_id=person_id,
                page=sent.page,
                action=sent.action,
                fields=fields,
                files=[name[:NAME_CHARACTERS_AT_MOST] for name in sent.files[:FILES_AT_MOST]],
                page_left=sent.left,
                kept_at=now,
            )
        )
    return True


def is_too_large(sent: SentForm) -> bool:
    """Tell whether the form is larger than any that a page of the portal sends."""
    return (
        len(sent.fields) > FIELDS_AT_MOST
        or max(len(sent.page), len(sent.action)) > ADDRESS_CHARACTERS_AT_MOST
        or sum(len(name) + len(text) for name, text in sent.fields) > CHARACTERS_AT_MOST
    )


def kept_form_of(session: Session, entrance: Entrance, person_id: int) -> KeptForm | None:
    """Return the form that is kept for the person, None where there is none any more."""
    since = entrance.clock.now() - _time_to_keep(entrance.settings)
    return session.scalar(select(KeptForm).where(KeptForm.person_id == person_id, KeptForm.kept_at > since))


def forget_form(session: Session, person_id: int) -> None:
    """Delete what is kept for the person."""
    session.execute(delete(KeptForm).where(KeptForm.person_id == person_id))


def sweep_kept_forms(now: datetime, settings: Settings) -> None:
    """Delete the forms whose time is over; opens its own transaction."""
    with transaction() as session:
        _forget_old(session, now, settings)


def kept_until(entrance: Entrance, form: KeptForm) -> datetime:
    """Return the moment from which the form is not given back any more."""
    return form.kept_at + _time_to_keep(entrance.settings)


def readable(fields: Iterable[Iterable[str]], told: frozenset[str]) -> list[tuple[str, str]]:
    """Return what a person typed or chose, in words: the field's name and its text.

    `told` are names of fields by which the parts of the portal tell each other what a form is about.
    """
    pairs = [(name, text) for name, text in fields]
    return [
        (name.replace("_", " ").capitalize(), text)
        for name, text in pairs
        if name not in told and text.strip()
    ]


def _forget_old(session: Session, now: datetime, settings: Settings) -> None:
    session.execute(delete(KeptForm).where(KeptForm.kept_at <= now - _time_to_keep(settings)))


def _time_to_keep(settings: Settings) -> timedelta:
    return timedelta(minutes=settings.kept_form_minutes)
