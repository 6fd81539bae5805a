"""Keeping partner organizations and their locations."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.accounts.controls import is_one_line
from portal.accounts.managing import ORGANIZATIONS, Keeper, Kept, NotYours
from portal.accounts.model import Location, Organization
from portal.accounts.organization_chain import record_for_organization
from portal.accounts.people import (
    NAME_CHARACTERS_AT_MOST,
    NotAdded,
    add_location,
    add_organization,
    location_exists,
    mistakes_of_organization,
    name_exists,
    name_mistake,
)
from portal.calendars.days import UnknownCalendar, named_calendar
from portal.db import transaction
from portal.languages.sentences import gettext, printable

PARTNER = "partner"  # the side of every organization that is added here; the operator's own is there before

ADDED, CHANGED, LOCATION_ADDED, LOCATION_CHANGED, LOCATION_REMOVED = (
    "organization_added",
    "organization_changed",
    "location_added",
    "location_changed",
    "location_removed",
)


@dataclass(frozen=True)
class Organizer:
    """Somebody who keeps organizations; what they may is asked again within each transaction."""

    keeper: Keeper

    def add(self, *, name: str, domain: str) -> int:
        """Add a partner organization and return its id. Raises NotAdded and NotYours."""
        now = self.keeper.entrance.clock.now()
        try:
            with transaction() as session:
                if self.keeper.actor.organization_id is not None:
                    self._organization(session, self.keeper.actor.organization_id)
                organization = add_organization(session, name=name, side=PARTNER, domain=domain, at=now)
                self._record(
                    session, organization, ADDED, {"name": organization.name, "domain": organization.domain}
                )
                return organization.id
        except IntegrityError:
            raise NotAdded({"name": name_exists(name.strip())}) from None

    def rename(self, organization_id: int, *, name: str, domain: str, seen: str) -> None:
        """Give the organization another name and mail domain. Raises NotAdded, Kept and NotYours."""
        name, typed = name.strip(), domain.strip()
        domain = typed.casefold()
        try:
            with transaction() as session:
                organization = self._organization(session, organization_id)
                now = gettext(
                    "It is called %(name)s now, with the domain %(domain)s.",
                    name=organization.name,
                    domain=organization.domain,
                )
                _check_seen(seen_of_organization(organization), seen, now)
                errors = mistakes_of_organization(session, name, typed, but=organization.id)
                if errors:
                    raise NotAdded(errors)
                before = {"name": organization.name, "domain": organization.domain}
                if before == {"name": name, "domain": domain}:
                    return
                organization.name, organization.domain = name, domain
                details = {"before": before, "after": {"name": name, "domain": domain}}
                self._record(session, organization, CHANGED, details)
        except IntegrityError:
            raise NotAdded({"name": name_exists(name.strip())}) from None

    def add_location(self, organization_id: int, *, code: str, name: str, calendar: str) -> None:
        """Add a location; `calendar` is empty for the program's. Raises NotAdded, Kept and NotYours."""
        kept = calendar_from(calendar)
        try:
            with transaction() as session:
                organization = self._organization(session, organization_id)
                if organization.side != PARTNER:
                    raise Kept(gettext("Only partners begin claims, so only they have locations."))
                location = add_location(session, organization, code=code, name=name)
                location.calendar = kept
                self._record(session, organization, LOCATION_ADDED, _said(location))
        except IntegrityError:
            raise NotAdded({"code": location_exists(code.strip())}) from None

    def change_location(
        self, organization_id: int, location_id: int, *, name: str, calendar: str, seen: str
    ) -> None:
        """Give a location another name or calendar. Raises NotAdded, Kept and NotYours.

        Deadlines that run keep their day: a due moment is stored when its clock starts.
        """
        name, kept = name.strip(), calendar_from(calendar)
        if not name or len(name) > NAME_CHARACTERS_AT_MOST or not is_one_line(name):
            raise NotAdded({"name": name_mistake()})
        with transaction() as session:
            organization, location = self._location(session, organization_id, location_id)
            _check_seen(seen_of_location(location), seen, _in_words(location))
            before = _said(location)
            if (location.name, location.calendar) == (name, kept):
                return
            location.name, location.calendar = name, kept
            self._record(
                session, organization, LOCATION_CHANGED, {"before": before, "after": _said(location)}
            )

    def remove_location(self, organization_id: int, location_id: int) -> None:
        """Take a location away that nothing is about. Raises Kept and NotYours."""
        try:
            with transaction() as session:
                organization, location = self._location(session, organization_id, location_id)
                self._record(session, organization, LOCATION_REMOVED, _said(location))
                session.delete(location)
                session.flush()
        except IntegrityError:
            told = gettext(
                "Claims or people belong to this location, so it stays. Change its name where that is wrong."
            )
            raise Kept(told) from None

    def _organization(self, session: Session, organization_id: int) -> Organization:
        """Return the organization, locked until the transaction ends. Raises NotYours."""
        organization = self.keeper.locked(session, organization_id)
        if organization is None or ORGANIZATIONS not in self.keeper.permissions_now(session):
            raise NotYours
        return organization

    def _location(
        self, session: Session, organization_id: int, location_id: int
    ) -> tuple[Organization, Location]:
        organization = self._organization(session, organization_id)
        location = session.get(Location, location_id, populate_existing=True)
        if location is None or location.organization_id != organization.id:
            raise NotYours
        return organization, location

    def _record(
        self, session: Session, organization: Organization, action: str, details: Mapping[str, object]
    ) -> None:
        entrance = self.keeper.entrance
        record_for_organization(
            session,
            entrance.secret,
            organization.id,
            self.keeper.actor,
            action,
            entrance.clock.now(),
            details,
        )


def calendar_from(text: str) -> str | None:
    """Return the holiday calendar that was typed, None where none was. Raises NotAdded."""
    wanted = text.strip()
    if wanted.isascii():  # letters that become others in capitals, as ß does, are no letters of a country
        wanted = wanted.upper()
    try:
        return named_calendar(wanted).country if wanted else None
    except UnknownCalendar:
        told = gettext(
            "There is no holiday calendar “%(name)s”; give a country’s two letters such as US, "
            "with a subdivision where wanted, such as DE-BY.",
            name=printable(wanted),
        )
        raise NotAdded({"calendar": told}) from None


def seen_of_organization(organization: Organization) -> str:
    """Return what a form showed of it, by which a change in between is noticed."""
    return f"{organization.name}|{organization.domain}"


def seen_of_location(location: Location) -> str:
    """Return the same of a location."""
    return f"{location.name}|{location.calendar or ''}"


def _check_seen(is_now: str, seen: str, now: str) -> None:
    """Raise Kept where the form showed something else; `now` says in words what there is."""
    if is_now != seen:
        told = gettext("Somebody changed this while you looked at it.")
        raise Kept(f"{told} {now} {gettext('Compare, then save again.')}")


def _in_words(location: Location) -> str:
    if not location.calendar:
        return gettext("It is called %(name)s now, with the calendar of the program.", name=location.name)
    return gettext(
        "It is called %(name)s now, with the calendar %(calendar)s.",
        name=location.name,
        calendar=location.calendar,
    )


def _said(location: Location) -> dict[str, object]:
    return {"code": location.code, "name": location.name, "calendar": location.calendar}
