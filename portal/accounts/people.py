"""Adds organizations, their locations and their people."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.controls import is_one_line
from portal.accounts.model import Location, Organization, Person, PersonLocation, PersonRole
from portal.accounts.passwords import hash_password, password_mistake
from portal.accounts.sentences import shortened
from portal.languages.sentences import gettext, printable
from portal.notifications.writing import NoAddress, recipient
from portal.rulebook.models import Role

# Enough to catch slips; whether an address works shows when mail is sent to it.
ADDRESS = re.compile(r"[^@\s\"<>(),;:\\]{1,64}@[^@\s\"<>(),;:\\]+\.[^@\s\"<>(),;:\\.]{2,}")

EMAIL_CHARACTERS_AT_MOST = 254  # RFC 5321
CODE_CHARACTERS_AT_MOST = 40  # partner location IDs have seven to ten digits today
NAME_CHARACTERS_AT_MOST = 120  # the longest names of people, and short enough for a table and a mail


class NotAdded(Exception):
    """Nobody and nothing was added; `errors` says in a sentence for each field what to correct."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = {name: shortened(sentence) for name, sentence in errors.items()}
        self.problems = tuple(self.errors.values())
        super().__init__(" ".join(self.problems))


class HasAccount(NotAdded):
    """The address is somebody's who signs in with it, or was invited by it."""

    def __init__(self, email: str) -> None:
        super().__init__({"email": account_exists(email)})


def add_organization(session: Session, *, name: str, side: str, domain: str, at: datetime) -> Organization:
    """Add a partner organization or the operator's own; `side` as in roles.yaml. Raises NotAdded."""
    name, domain = name.strip(), domain.strip()
    if errors := mistakes_of_organization(session, name, domain):
        raise NotAdded(errors)
    domain = domain.casefold()
    organization = Organization(name=name, side=side, domain=domain, created_at=at)
    session.add(organization)
    session.flush()
    return organization


def mistakes_of_organization(session: Session, name: str, domain: str, but: int = 0) -> dict[str, str]:
    """Return what is wrong with an organization's name and domain, by field; `but` is its own id."""
    errors = {}
    if not name or len(name) > NAME_CHARACTERS_AT_MOST or not is_one_line(name):
        errors["name"] = name_mistake()
    elif session.scalar(select(Organization.id).where(Organization.name == name, Organization.id != but)):
        errors["name"] = name_exists(name)
    if "." not in domain.strip(".") or not _can_be_mailed(f"somebody@{domain}"):
        errors["domain"] = gettext(
            "Give the organization’s mail domain, such as contoso.example, not “%(typed)s”.",
            typed=printable(domain),
        )
    return errors


def find_organization(session: Session, name: str) -> Organization | None:
    """Return the organization called `name`, None where there is none."""
    return session.scalar(select(Organization).where(Organization.name == name.strip()))


def add_location(session: Session, organization: Organization, *, code: str, name: str) -> Location:
    """Add a location; `code` is its partner location ID (MPN), unique in the portal. Raises NotAdded."""
    code, name = code.strip(), name.strip()
    if not code or not name:
        raise NotAdded({"name" if code else "code": gettext("Give the location an ID and a name.")})
    if (
        len(code) > CODE_CHARACTERS_AT_MOST
        or len(name) > NAME_CHARACTERS_AT_MOST
        or not is_one_line(code + name)
    ):
        raise NotAdded(
            {"code": gettext("Give an ID and a name on one line, of the length that is written elsewhere.")}
        )
    if session.scalar(select(Location.id).where(Location.code == code)) is not None:
        raise NotAdded({"code": location_exists(code)})
    location = Location(organization_id=organization.id, code=code, name=name)
    session.add(location)
    session.flush()
    session.refresh(organization, ["locations"])
    return location


def name_mistake() -> str:
    """Return the sentence for a name that cannot be taken."""
    return gettext(
        "Give a name of 1 to %(most)s characters on one line, none of them invisible.",
        most=NAME_CHARACTERS_AT_MOST,
    )


def name_exists(name: str) -> str:
    """Return the sentence for a name that an organization has already."""
    return gettext("There is an organization called %(name)s; choose another name.", name=name)


def location_exists(code: str) -> str:
    """Return the sentence for an ID that a location has already."""
    return gettext("There is a location with the ID %(code)s; check the ID.", code=code)


def add_person(
    session: Session,
    organization: Organization,
    *,
    email: str,
    name: str,
    password: str | None,
    roles: Iterable[str],
    at: datetime,
    locations: Iterable[Location] = (),
    known_roles: Mapping[str, Role] | None = None,
) -> Person:
    """Add somebody who signs in with `email` and `password`. Raises NotAdded with every problem.

    Without a password the person is no more than invited: not active until they have chosen one.

    `known_roles` are those of roles.yaml; a role of the other side is refused, and so are two that nobody
    holds together. Without it the caller vouches for the roles. No `locations` means all of the
    organization's.
    """
    typed, name, roles, places = email.strip(), name.strip(), sorted(set(roles)), list(locations)
    email = typed.casefold()
    errors = mistakes_of_person(typed, name)
    if password is not None and (mistake := password_mistake(password)):
        errors["password"] = mistake
    errors |= mistakes_of_access(organization, roles, places, known_roles)
    if errors:
        raise NotAdded(errors)
    # Asked only about what would be added otherwise: whoever asks is counted.
    if session.scalar(select(Person.id).where(Person.email == email)) is not None:
        raise HasAccount(email)
    person = Person(
        organization_id=organization.id,
        email=email,
        name=name,
        password_hash="" if password is None else hash_password(password),
        active=password is not None,
        created_at=at,
        roles=[PersonRole(role=role) for role in roles],
        locations=[PersonLocation(location_id=place.id) for place in places],
    )
    session.add(person)
    session.flush()
    return person


def mistakes_of_person(typed: str, name: str) -> dict[str, str]:
    errors = {}
    if not name:
        errors["name"] = gettext("Give the person’s name.")
    elif len(name) > NAME_CHARACTERS_AT_MOST or not is_one_line(name):
        errors["name"] = name_mistake()
    if not ADDRESS.fullmatch(typed) or len(typed) > EMAIL_CHARACTERS_AT_MOST or not _can_be_mailed(typed):
        errors["email"] = gettext(
            "Give a full e-mail address, such as kim@contoso.example, not “%(typed)s”.",
            typed=printable(typed),
        )
    return errors


def _can_be_mailed(typed: str) -> bool:
    """Tell whether mail to the address goes where it says, and nowhere else once it is casefolded.

    Some letters fold into others, as ß does into ss: that would be another owner's domain.
    """
    try:
        recipient(typed)
    except NoAddress:
        return False
    return typed.casefold() == typed.lower()


def account_exists(email: str) -> str:
    """Return the sentence for an address that somebody signs in with, or was invited by."""
    return gettext(
        "There is an account for %(email)s; a person has one. "
        "Ask the operator where it is not of your organization.",
        email=email,
    )


def mistakes_of_access(
    organization: Organization,
    roles: Sequence[str],
    places: Sequence[Location],
    known_roles: Mapping[str, Role] | None,
) -> dict[str, str]:
    """Return what is wrong with `roles` and `places` for somebody of the organization, by field."""
    errors = {}
    known = known_roles or {}
    fitting = sorted(code for code, role in known.items() if role.side == organization.side)
    if known_roles is not None and (strange := [role for role in roles if role not in fitting]):
        either = f" {gettext('or')} "
        errors["roles"] = gettext(
            "%(organization)s is on the %(side)s side, where there is no role %(roles)s; "
            "choose from %(fitting)s.",
            organization=organization.name,
            side=organization.side,
            roles=either.join(f"“{printable(role)}”" for role in strange),
            fitting=", ".join(fitting),
        )
    elif apart := [
        (one, two) for one in roles if one in known for two in known[one].never_with if two in roles
    ]:
        one, two = (known[code].label for code in apart[0])
        errors["roles"] = gettext(
            "Nobody is %(one)s and %(two)s at once; choose one of the two.", one=one, two=two
        )
    if any(place.organization_id != organization.id for place in places):
        errors["locations"] = gettext(
            "Restrict people of %(organization)s to its own locations.", organization=organization.name
        )
    return errors
