"""What the rulebook itself says where a transition is refused and no rule of a file says why.

Each text is in the language being spoken when it is asked for.
"""

from collections.abc import Mapping

from portal.languages.sentences import gettext, lazy_gettext
from portal.rulebook import closed_names as closed
from portal.rulebook.models import Ask
from portal.rulebook.wording import listed, quoted, spoken

_STATUS = f"“{{{closed.STATUS}}}”"  # filled in like the placeholders of the files' own texts
# What a person does to give what an ask of each type asks for.
_TO_GIVE: Mapping[str, str] = {
    "text": lazy_gettext("write something under %(label)s"),
    "documents": lazy_gettext("choose a file under %(label)s"),
    "codes": lazy_gettext("choose at least one under %(label)s"),
    "products": lazy_gettext("choose at least one product under %(label)s"),
    "location": lazy_gettext("choose a location under %(label)s"),
    "person": lazy_gettext("choose a person under %(label)s"),
    "date": lazy_gettext("enter a date under %(label)s"),
    "fields": lazy_gettext("fill in the fields under %(label)s"),
}


def begins_a_claim(action: str) -> str:
    """Say that `action` is not for a claim that exists."""
    return gettext(
        "%(action)s begins a new claim. This one exists, in status %(status)s.",
        action=quoted([action]),
        status=_STATUS,
    )


def wrong_status(action: str, possible: list[str]) -> str:
    """Say in which statuses `action` can be done instead; both are labels, as in all of these texts."""
    return gettext(
        "%(action)s is not possible while the claim is in status %(status)s. "
        "It is possible only in status %(possible)s.",
        action=quoted([action]),
        status=_STATUS,
        possible=quoted(possible, gettext("or")),
    )


def by_the_portal(action: str) -> str:
    """Say that nobody does `action`."""
    return gettext(
        "%(action)s is done by the portal itself when it is time, and by nobody else.",
        action=quoted([action]),
    )


def by_the_customer(action: str) -> str:
    """Say that only the customer does `action`."""
    return gettext(
        "%(action)s is done by the customer alone, with the link in the e-mail to them.",
        action=quoted([action]),
    )


def by_no_role(action: str) -> str:
    """Say that no role allows `action`."""
    return gettext(
        "%(action)s is given to no role. Ask the policy owner to give it to one.", action=quoted([action])
    )


def by_other_roles(action: str, roles: list[str]) -> str:
    """Say which roles allow `action`."""
    return gettext(
        "Your roles do not allow %(action)s. Ask somebody with the role %(roles)s to do it.",
        action=quoted([action]),
        roles=listed(roles, gettext("or")),
    )


def right_status(possible: list[str]) -> str:
    """Say which statuses an action wants; with none, that it begins a claim."""
    if not possible:
        return gettext("The claim may not exist yet.")
    return gettext("The claim has to be in status %(possible)s.", possible=quoted(possible, gettext("or")))


def right_person(by: str, roles: list[str]) -> str:
    """Say who has to act; `by` is a permission or a kind of actor, `roles` hold the permission."""
    if by == closed.SYSTEM:
        return gettext("Only the portal itself may act.")
    if by == closed.CUSTOMER:
        return gettext("Only the customer may act, with the link in the e-mail to them.")
    if not roles:
        return gettext("Whoever acts needs a role that allows it, and no role does.")
    return gettext("Whoever acts needs the role %(roles)s.", roles=listed(roles, gettext("or")))


def nothing_given(asks: Mapping[str, Ask]) -> str:
    """Say how to give one of `asks`."""
    ways = [_TO_GIVE[ask.type] % {"label": quoted([ask.label or spoken(name)])} for name, ask in asks.items()]
    either = listed(ways, gettext("or"))
    return gettext("%(what_to_do)s.", what_to_do=either[:1].upper() + either[1:])
