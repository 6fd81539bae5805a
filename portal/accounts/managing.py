"""Looking after people: who is invited, what they may do and where, and who is let go."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.accounts.access import Access, access_in_words, access_of, existing_locations
from portal.accounts.account_links import INVITATION, mail_link, mailed_lately, void_links
from portal.accounts.actor import Actor
from portal.accounts.entrance import Entrance
from portal.accounts.inviting import INVITED, INVITED_AGAIN, note_refused, too_many_invited
from portal.accounts.model import Organization, Person, PersonLocation, PersonRole
from portal.accounts.organization_chain import record_for_organization
from portal.accounts.people import HasAccount, NotAdded, add_person, mistakes_of_access
from portal.accounts.roles import somebody_else_everywhere
from portal.accounts.sessions import end_sessions_of
from portal.db import transaction
from portal.languages.sentences import gettext
from portal.rulebook.models import Role

PEOPLE = "people.manage"  # of the own organization
ORGANIZATIONS = "organizations.manage"  # of any: nobody else could help one that lost its last admin

WITHDRAWN, ACCESS_CHANGED, DEACTIVATED, ACTIVATED = (
    "invitation_withdrawn",
    "access_changed",
    "person_deactivated",
    "person_activated",
)


class NotYours(LookupError):
    """There is no such person or organization for the one who asks."""


class Kept(Exception):
    """Nothing was changed; the message says why and what to do."""


@dataclass(frozen=True)
class Keeper:
    """Somebody who looks after people, as they signed in; what they may is asked of the database again.

    `roles` are those of the policy in force, read before any transaction is open: reading them may store
    a new version of the policy in one of its own.
    """

    entrance: Entrance
    actor: Actor
    roles: Mapping[str, Role]

    def invite(self, organization_id: int, access: Access, *, email: str, name: str) -> int:
        """Add somebody who may choose a password by a mailed link; returns their id.

        Raises NotAdded with a sentence for each field, and NotYours.
        """
        now = self.entrance.clock.now()
        try:
            with transaction() as session:
                organization = self._organization(session, organization_id)
                if told := too_many_invited(session, self.entrance, organization_id):
                    raise NotAdded({"email": told})
                places = existing_locations(session, access.location_ids)
                if not access.roles:
                    raise NotAdded({"roles": gettext("Choose at least one role.")})
                self._check_places(session, organization, {place.id for place in places})
                person = add_person(
                    session,
                    organization,
                    email=email,
                    name=name,
                    password=None,
                    roles=access.roles,
                    at=now,
                    locations=places,
                    known_roles=self.roles,
                )
                mail_link(session, self.entrance, person, INVITATION, by=self.actor.name)
                self._record(session, person, INVITED, access_of(person))
                person_id = person.id
        except (HasAccount, IntegrityError):  # the second where somebody invited the address just now
            note_refused(self.entrance, organization_id, self.actor)
            raise HasAccount(email.strip().casefold()) from None
        self.entrance.committed()
        return person_id

    def invite_again(self, person_id: int) -> None:
        """Mail another link to somebody who has not chosen a password; earlier ones are void.

        Raises Kept and NotYours.
        """
        with transaction() as session:
            person = self._person(session, person_id)
            if person.password_hash:
                raise Kept(
                    gettext("%(name)s has a password already and needs no invitation.", name=person.name)
                )
            if mailed_lately(session, self.entrance, person.id):
                raise Kept(
                    gettext(
                        "An invitation to %(email)s was sent a moment ago. Wait for it to arrive.",
                        email=person.email,
                    )
                )
            if told := too_many_invited(session, self.entrance, person.organization_id):
                raise Kept(told)
            mail_link(session, self.entrance, person, INVITATION, by=self.actor.name)
            self._record(session, person, INVITED_AGAIN)
        self.entrance.committed()

    def change_access(self, person_id: int, wanted: Access, seen: str) -> None:
        """Give the person the roles and locations of `wanted`; in force at their next request.

        `seen` is the access that the form showed. Raises NotAdded with a sentence for each field, Kept,
        and NotYours.
        """
        with transaction() as session:
            person = self._person(session, person_id)
            before = access_of(person)
            if before.seen != seen:
                told = gettext("Somebody changed this while you looked at it.")
                raise Kept(f"{told} {access_in_words(person, self.roles)}")
            if before == wanted:
                return
            places = existing_locations(session, wanted.location_ids)
            self._check_places(session, person.organization, {place.id for place in places})
            errors = mistakes_of_access(person.organization, wanted.roles, places, self.roles)
            if not wanted.roles:
                errors["roles"] = gettext("Choose at least one role, or deactivate the account.")
            if errors:
                raise NotAdded(errors)
            self._keep_the_last(session, person, wanted)
            # Only what differs is touched, for a row that is taken out and put in again counts twice.
            person.roles = [row for row in person.roles if row.role in wanted.roles] + [
                PersonRole(role=role) for role in wanted.roles if role not in before.roles
            ]
            ids = {place.id for place in places}
            person.locations = [row for row in person.locations if row.location_id in ids] + [
                PersonLocation(location_id=one) for one in sorted(ids) if one not in before.location_ids
            ]
            session.flush()
            self._record(session, person, ACCESS_CHANGED, before, access_of(person))

    def deactivate(self, person_id: int) -> None:
        """End the person's sessions and let them in no more; void their links. Raises Kept and NotYours."""
        now = self.entrance.clock.now()
        with transaction() as session:
            person = self._person(session, person_id)
            if not person.password_hash:
                raise Kept(
                    gettext(
                        "%(name)s has not accepted the invitation yet. Withdraw it instead.", name=person.name
                    )
                )
            self._keep_the_last(session, person, Access((), ()))
            void_links(session, person.id, now)
            if not person.active:
                return
            person.active = False
            end_sessions_of(session, person.id, now)
            self._record(session, person, DEACTIVATED)

    def withdraw(self, person_id: int) -> None:
        """Take an invitation back that nobody accepted: nobody sees the person again, and no link opens.

        The address is free again; a mistyped one must not be taken for good. Raises Kept and NotYours.
        """
        now = self.entrance.clock.now()
        with transaction() as session:
            person = self._person(session, person_id)
            if person.password_hash:
                raise Kept(
                    gettext(
                        "%(name)s has accepted the invitation. Deactivate the account instead.",
                        name=person.name,
                    )
                )
            self._record(session, person, WITHDRAWN, access_of(person))
            void_links(session, person.id, now)
            person.withdrawn_at, person.active = now, False
            # stays English: no address, and nobody else's
            person.email = f"withdrawn {person.id}"
            person.roles, person.locations = [], []

    def activate(self, person_id: int) -> None:
        """Let the person in again, with the password they had. Raises Kept and NotYours."""
        with transaction() as session:
            person = self._person(session, person_id)
            if not person.password_hash:
                raise Kept(
                    gettext("%(name)s never chose a password. Send the invitation again.", name=person.name)
                )
            if not person.active:
                person.active = True
                self._record(session, person, ACTIVATED)

    def _person(self, session: Session, person_id: int) -> Person:
        """Return the person, whose organization nobody else looks after until the transaction ends."""
        found = session.get(Person, person_id)
        if found is None:
            raise NotYours
        self._organization(session, found.organization_id)
        session.refresh(found)
        if found.withdrawn_at is not None:
            raise NotYours
        if found.id == self.actor.person_id:
            raise Kept(
                gettext("This is your own account. Somebody else who looks after people has to change it.")
            )
        own, theirs = self._own_places(session, found.organization), set(access_of(found).location_ids)
        if own and not (theirs and theirs <= own):
            raise Kept(
                gettext(
                    "%(name)s works with locations that you do not. Ask somebody who works with all of them.",
                    name=found.name,
                )
            )
        return found

    def _check_places(self, session: Session, organization: Organization, wanted: set[int]) -> None:
        """Raise NotAdded where somebody restricted to locations gives out others, or all of them."""
        own = self._own_places(session, organization)
        if own and not (wanted and wanted <= own):
            raise NotAdded(
                {"locations": gettext("Choose among your own locations, because you work with these alone.")}
            )

    def _own_places(self, session: Session, organization: Organization) -> set[int]:
        """Return the locations that the keeper is restricted to there; none means all of them."""
        if organization.id != self.actor.organization_id:
            return set()
        query = select(PersonLocation.location_id).where(PersonLocation.person_id == self.actor.person_id)
        return set(session.scalars(query))

    def _organization(self, session: Session, organization_id: int) -> Organization:
        """Return the organization, locked: two who take each other's roles at once must not both succeed.

        What the keeper may is asked again with the lock held. Raises NotYours.
        """
        found = self.locked(session, organization_id)
        if found is None or not self.may_look_after(session, organization_id):
            raise NotYours
        return found

    def may_look_after(self, session: Session, organization_id: int) -> bool:
        """Tell whether the keeper's roles of this moment let them look after people there."""
        needed = PEOPLE if self.actor.organization_id == organization_id else ORGANIZATIONS
        return needed in self.permissions_now(session)

    def permissions_now(self, session: Session) -> set[str]:
        """Return what the keeper's roles permit as the database has them; nothing once they were let go."""
        query = select(Person).where(Person.id == self.actor.person_id, Person.active)
        keeper = session.scalar(query.execution_options(populate_existing=True))
        held = [row.role for row in keeper.roles if row.role in self.roles] if keeper else []
        return {permission for role in held for permission in self.roles[role].may}

    def locked(self, session: Session, organization_id: int) -> Organization | None:
        """Return the organization, locked together with the keeper's own: neither changes meanwhile."""
        both = {organization_id, self.actor.organization_id}
        query = select(Organization).where(Organization.id.in_(both)).order_by(Organization.id)
        rows = session.scalars(query.with_for_update().execution_options(populate_existing=True))
        return {organization.id: organization for organization in rows}.get(organization_id)

    def _keep_the_last(self, session: Session, person: Person, wanted: Access) -> None:
        """Raise Kept where nobody would look after all of the organization's people any more.

        Whoever is restricted to locations looks after the people of these alone.
        """
        if person.locations:
            return  # others look after the rest already, or nobody does; this account changes nothing of it
        managing = {code for code, role in self.roles.items() if PEOPLE in role.may}
        held = {row.role for row in person.roles}
        stays = managing & set(wanted.roles) and not wanted.location_ids
        if not person.active or not held & managing or stays:
            return
        if not somebody_else_everywhere(session, person, managing):
            needed = f" {gettext('or')} ".join(sorted(self.roles[code].label for code in held & managing))
            raise Kept(
                gettext(
                    "%(name)s is the last %(role)s of %(organization)s. "
                    "Give somebody else that role for all locations first.",
                    name=person.name,
                    role=needed,
                    organization=person.organization.name,
                )
            )

    def _record(self, session: Session, person: Person, action: str, *accesses: Access) -> None:
        details: dict[str, object] = {"person": person.id, "email": person.email}
        names = ("before", "after") if len(accesses) > 1 else ("after",)
        for name, access in zip(names, accesses, strict=False):
            details[name] = {"roles": list(access.roles), "locations": list(access.location_ids)}
        secret, now = self.entrance.secret, self.entrance.clock.now()
        record_for_organization(session, secret, person.organization_id, self.actor, action, now, details)
