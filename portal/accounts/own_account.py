"""What people do to their own account: change the password, and end sessions of their browsers."""

from sqlalchemy.orm import Session

from portal.accounts.account_links import void_links
from portal.accounts.actor import Actor
from portal.accounts.entrance import Entrance, count_a_try
from portal.accounts.model import Person
from portal.accounts.organization_chain import record_for_organization
from portal.accounts.passwords import hash_password, password_fits, password_mistake
from portal.accounts.sessions import end_other_sessions, end_own_session, renew_session
from portal.accounts.throttling import Counter, counter_of, forget_tries
from portal.db import transaction
from portal.languages.sentences import gettext

PASSWORD_CHANGED, SESSION_ENDED, SESSIONS_ENDED = "password_changed", "session_ended", "sessions_ended"


class PasswordNotChanged(Exception):
    """The password stays as it was; `errors` has a sentence for each field of the form."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = errors


def change_password(
    entrance: Entrance, actor: Actor, token: str, *, present: str, new: str, again: str, network: str
) -> tuple[str, int]:
    """Give the account the password `new`; every browser but the one of `token` has to sign in again.

    Returns its new token, and how many other sessions were ended. Whoever found an open browser must not
    guess here what they could not guess at the sign-in page, so tries are counted as there. Opens its own
    transactions.
    Raises PasswordNotChanged, and TooManyTries before the present password was looked at.
    """
    if errors := _mistakes(present, new, again):
        raise PasswordNotChanged(errors)
    counter = _counter(entrance, actor, network)
    count_a_try(entrance, counter)
    with transaction() as session:
        password_hash = _person(session, actor).password_hash
    if not password_fits(password_hash, present):
        raise _not_present()
    made, now = hash_password(new), entrance.clock.now()
    with transaction() as session:
        # The person is locked before their links, here as everywhere, so that no two wait for each other.
        person = session.get_one(
            Person, actor.person_id, with_for_update={"of": Person}, populate_existing=True
        )
        # Another was chosen, or the account taken away, while this one was looked at.
        if not person.active or person.password_hash != password_hash:
            raise _not_present()
        void_links(session, person.id, now)  # one for a forgotten password is needed no more
        person.password_hash = made
        forget_tries(session, counter)
        ended = end_other_sessions(session, person.id, token, now)
        details = {"person": person.id, "sessions_ended": ended}
        record_for_organization(
            session, entrance.secret, person.organization_id, actor, PASSWORD_CHANGED, now, details
        )
        return renew_session(session, token), ended


def end_session_of_own(entrance: Entrance, actor: Actor, session_id: int) -> bool:
    """End one of the actor's own sessions; False where it had ended, or never was theirs."""
    now = entrance.clock.now()
    with transaction() as session:
        person = _person(session, actor)
        ended = end_own_session(session, person.id, session_id, now)
        if ended:
            details = {"person": person.id, "session": session_id}
            record_for_organization(
                session, entrance.secret, person.organization_id, actor, SESSION_ENDED, now, details
            )
        return ended


def end_others(entrance: Entrance, actor: Actor, token: str) -> int:
    """End every session of the actor but the one of `token`; returns how many there were."""
    now = entrance.clock.now()
    with transaction() as session:
        person = _person(session, actor)
        if ended := end_other_sessions(session, person.id, token, now):
            details = {"person": person.id, "sessions_ended": ended}
            record_for_organization(
                session, entrance.secret, person.organization_id, actor, SESSIONS_ENDED, now, details
            )
        return ended


def _mistakes(present: str, new: str, again: str) -> dict[str, str]:
    errors = {} if present else {"present": gettext("Enter your present password.")}
    if mistake := password_mistake(new):
        errors["new"] = mistake
    elif new == present:
        errors["new"] = gettext("Choose a password that is not your present one.")
    elif again != new:
        errors["again"] = gettext("This is not what you entered above. Enter the new password a second time.")
    return errors


def _not_present() -> PasswordNotChanged:
    told = gettext("This is not your present password. Enter the one you sign in with.")
    return PasswordNotChanged({"present": told})


def _counter(entrance: Entrance, actor: Actor, network: str) -> Counter:
    return counter_of(entrance.secret, actor.email, network, None)


def _person(session: Session, actor: Actor) -> Person:
    return session.get_one(Person, actor.person_id)
