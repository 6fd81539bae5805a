"""Choosing a password by a link from a mail: whoever was invited, or forgot theirs."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.account_links import FORGOTTEN, INVITATION, link_in_force, mail_link, mailed_lately
from portal.accounts.account_links import void_links as void
from portal.accounts.actor import SYSTEM_ACTOR, Actor
from portal.accounts.controls import has_controls
from portal.accounts.entrance import Entrance, count_a_try
from portal.accounts.model import Organization, Person
from portal.accounts.organization_chain import record_for_organization
from portal.accounts.own_account import PasswordNotChanged
from portal.accounts.passwords import hash_password, password_mistake
from portal.accounts.queries import actor_of, person_by_email
from portal.accounts.sessions import end_sessions_of
from portal.accounts.throttling import counter_of, forget_tries
from portal.db import transaction
from portal.languages.sentences import gettext

# stays English: what a network's requests for links are counted under
ASKED_FOR_LINKS = "links for passwords"
LINK_ASKED, JOINED, PASSWORD_CHOSEN = "password_link_asked", "joined", "password_chosen"


class NoSuchLink(Exception):
    """The link was used, is out of date, was replaced by a newer one, or never was one."""


def ask_for_link(entrance: Entrance, email: str, network: str) -> None:
    """Mail a link for a new password to whoever signs in with `email`; tells nobody whether there is one.

    Nothing is sent to somebody who was sent a link a few minutes ago (`account_mail_every_minutes`).
    Raises TooManyTries where the network asked too often, whomever for.
    """
    if has_controls(email):
        return  # no account has such an address, and not every database can look for one
    # Counted by network alone: no number of strangers keeps anybody else from a new password.
    counter = counter_of(entrance.secret, ASKED_FOR_LINKS, network, None)
    count_a_try(entrance, replace(counter, everywhere=None))
    with transaction() as session:
        person = person_by_email(session, email)
        if person is None:
            return
        # Of two requests at once, the later one sees the first one's mail.
        session.refresh(person, with_for_update={"of": Person})
        if mailed_lately(session, entrance, person.id):
            return
        mail_link(session, entrance, person, FORGOTTEN)
        # Nobody knows who asked; it need not be whose account it is.
        _record(session, entrance, person, SYSTEM_ACTOR, LINK_ASKED, entrance.clock.now())
    entrance.committed()


def whose_link(session: Session, entrance: Entrance, token: str) -> Person:
    """Return the person whom `token` lets choose a password. Raises NoSuchLink."""
    link = link_in_force(session, token, entrance.clock.now())
    if link is None or not _opens(link.purpose, link.person):
        raise NoSuchLink
    return link.person


def choose_password(entrance: Entrance, token: str, *, new: str, again: str, network: str) -> Person:
    """Give the person behind `token` the password `new`, once; browsers signed in have to sign in again.

    Whoever was invited can sign in from now on, and tries that failed from `network` are forgotten. Opens
    its own transactions. Raises NoSuchLink, also for the later one of two that used the link at the same
    moment, and PasswordNotChanged.
    """
    with transaction() as session:
        found = whose_link(session, entrance, token)
        organization_id, person_id = found.organization_id, found.id
    if mistake := password_mistake(new):
        raise PasswordNotChanged({"new": mistake})
    if again != new:
        raise PasswordNotChanged(
            {"again": gettext("This is not what you entered above. Enter the new password a second time.")}
        )
    made, now = hash_password(new), entrance.clock.now()
    with transaction() as session:
        # Whoever lets people go holds this lock too: of the two, the later one sees what the other did.
        session.execute(select(Organization.id).where(Organization.id == organization_id).with_for_update())
        # The person is locked before their links, here as everywhere, so that no two wait for each other.
        session.get_one(Person, person_id, with_for_update={"of": Person}, populate_existing=True)
        link = link_in_force(session, token, now, lock=True)
        if link is None or not _opens(link.purpose, link.person):
            raise NoSuchLink
        person = link.person
        joins = link.purpose == INVITATION
        person.password_hash, person.active = made, True
        void(session, person.id, now)
        end_sessions_of(session, person.id, now)
        forget_tries(session, counter_of(entrance.secret, person.email, network, None))
        _record(session, entrance, person, actor_of(person), JOINED if joins else PASSWORD_CHOSEN, now)
        return person


def _opens(purpose: str, person: Person) -> bool:
    """Tell whether such a link is still good for the person: accounts taken away stay so."""
    return not person.password_hash if purpose == INVITATION else person.active


def _record(
    session: Session, entrance: Entrance, person: Person, actor: Actor, action: str, at: datetime
) -> None:
    record_for_organization(
        session,
        entrance.secret,
        person.organization_id,
        actor,
        action,
        at,
        {"person": person.id},
    )
