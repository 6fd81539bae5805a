"""Checks that answers can be taken at all: codes of the catalog, own locations, lengths."""

from sqlalchemy.orm import Session

from portal.accounts.model import Location
from portal.accounts.roles import people_with_roles
from portal.claims.answer_facts import day_of
from portal.claims.answers import Answers
from portal.claims.model import Claim
from portal.claims.refusals import Invalid
from portal.db import row_id
from portal.languages.sentences import gettext, printable
from portal.rulebook.models import Ask
from portal.rulebook.rulebook import Rulebook

# A comment or justification of some pages; longer things are documents.
TEXT_CHARACTERS_AT_MOST = 5000


def check_answers(session: Session, rulebook: Rulebook, claim: Claim, action: str, answers: Answers) -> None:
    """Raise Invalid with a sentence per field where an answer to an ask cannot be taken.

    Whether something must be given is a rule and decided by the rulebook; this is about form alone.
    """
    errors = {
        name: sentence
        for name, ask in rulebook.transitions[action].asks.items()
        if (sentence := _mistake(session, rulebook, claim, ask, answers, name))
    }
    if errors:
        raise Invalid(errors)


def _mistake(
    session: Session, rulebook: Rulebook, claim: Claim, ask: Ask, answers: Answers, name: str
) -> str | None:
    values = answers.many(name)
    match ask.type:
        case "codes":
            unknown = [value for value in values if value not in rulebook.catalog_codes(ask.of or "")]
            if not unknown:
                return None
            return gettext("Choose from the list; “%(given)s” is not on it.", given=printable(unknown[0]))
        case "products":
            claimed = {product.product for product in claim.products}
            return gettext("Choose products of this claim.") if set(values) - claimed else None
        case "location":
            return _location_mistake(session, claim, values)
        case "person":
            known = {person.id for person in people_with_roles(session, rulebook.roles_with(ask.of or ""))}
            chosen = answers.row_id(name)
            return gettext("Choose somebody from the list.") if values and chosen not in known else None
        case "date":
            wrong = values and day_of(values[0]) is None
            return gettext("Enter a day of the calendar.") if wrong else None
        case "text":
            return text_mistake(answers.one(name))
    return None


def _location_mistake(session: Session, claim: Claim, values: tuple[str, ...]) -> str | None:
    if not values:
        return None
    chosen = row_id(values[0])
    location = session.get(Location, chosen) if chosen is not None else None
    if location is None or location.organization_id != claim.organization_id:
        return gettext("Choose a location of your organization.")
    return None


def text_mistake(text: str) -> str | None:
    """Return what is wrong with a typed text, or None."""
    if len(text) > TEXT_CHARACTERS_AT_MOST:
        return gettext(
            "Shorten this text to %(most)s characters; it has %(length)s. "
            "Longer explanations can be uploaded as a document.",
            most=TEXT_CHARACTERS_AT_MOST,
            length=len(text),
        )
    if "\x00" in text:
        return gettext("Remove the invisible control characters from this text.")
    return None
