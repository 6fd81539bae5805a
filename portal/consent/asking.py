"""What the customer behind a signed link is asked, and their answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import parseaddr

from sqlalchemy.orm import Session

from portal.accounts.actor import Actor, customer_actor
from portal.claims.acting import act
from portal.claims.answers import Answers
from portal.claims.consent_links import find_link
from portal.claims.desk import Desk
from portal.claims.model import Claim, ConsentLink
from portal.claims.moves import standing
from portal.claims.offering import Offer, customer_offers
from portal.claims.queries import claim_by_id
from portal.claims.refusals import Invalid, NotThere
from portal.claims.units import holding_statuses
from portal.languages.sentences import gettext
from portal.rulebook.rulebook import Rulebook

ADDRESS = "consent"  # where the rule files place the customer's answers
CUSTOMER = "customer"  # the mover of models.Mover that a clock may wait for
ANSWER, SEEN = "answer", "seen"  # form fields: the answer, and the one that the page showed as given


class LinkVoid(Exception):
    """The link opens nothing any more; `partner` is whom to ask for another."""

    def __init__(self, partner: str) -> None:
        super().__init__("the link is void")  # stays English: no page shows it
        self.partner = partner


class AnsweredBefore(Exception):
    """Another answer was given by the link than the form's page showed; `label` is that answer's.

    `final` where the link takes no further answer.
    """

    def __init__(self, label: str, *, final: bool) -> None:
        super().__init__("the link carries another answer")  # stays English: no page shows it
        self.label = label
        self.final = final


@dataclass(frozen=True)
class Choice:
    """One answer that can be given now, in the reader's language; `ends` where it ends the association."""

    offer: Offer
    label: str
    confirm: str  # asked before it is given, "" where it can be taken back
    ends: bool


@dataclass(frozen=True)
class Request:
    """What the page shows in one language: who asks for what, what was answered, what can be answered now.

    `does` is what the partner does for the customer, `asked_at` when the link was made for `contact`,
    `ask` whom to ask at the partner. `sender` and `address` tell a real mail and page from a forged one.

    `given` is the answer's value in the form, `answered` its label, "" before one. `until` is the last
    day that the customer is waited for, where a clock runs. `associated` is true
    while the partner holds the association; `declined_before` where an earlier refusal stands unless
    the customer agrees; `used_up` where the link takes no further answer.
    """

    partner: str
    customer: str
    contact: str
    products: tuple[str, ...]
    number: str
    program: str
    does: str
    activity: str
    solution_area: str
    counts_for: str
    can_earn: bool
    asked_at: datetime
    ask: tuple[str, str]  # name and e-mail address
    sender: str
    address: str
    given: str
    answered: str
    answered_at: datetime | None
    until: date | None
    associated: bool
    declined_before: bool
    used_up: bool
    choices: tuple[Choice, ...]


def request_of(session: Session, desk: Desk, token: str, language: str) -> Request:
    """Return what the link `token` asks, in `language`. Changes nothing.

    Raises NotThere for a token that nobody was sent, LinkVoid for one that was replaced or has ended
    without an answer. The link that carried the last answer goes on showing it.
    """
    link, claim = _opened(session, token)
    rulebook = desk.rulebook_of(claim)
    offers = customer_offers(desk, session, claim, _actor(claim, link)) if link.void_at is None else []
    where = standing(desk, claim)
    programs, holding = rulebook.programs, holding_statuses(rulebook)
    activity, translated = programs.activities.get(claim.activity or ""), _translated(rulebook, language)
    reasons = {offer.transition.reason for offer in offers if not offer.allowed and offer.transition.reason}
    given = _given(desk, claim, link)
    return Request(
        partner=claim.organization.name,
        customer=claim.customer.name if claim.customer else "",
        contact=claim.customer_contact_name,
        products=tuple(programs.product_label(row.product) for row in claim.products),
        number=claim.number,
        program=translated("policy", rulebook.policy.label),
        does=translated("programs", (activity and activity.customer_reads) or ""),
        activity=translated("programs", activity.label if activity else ""),
        solution_area=programs.solution_areas[activity.solution_area].label if activity else "",
        counts_for=translated("programs", activity.counts_for if activity else ""),
        can_earn=activity is not None and activity.can_earn,
        asked_at=link.created_at,
        ask=(claim.own_contact_name, claim.own_contact_email),
        sender=parseaddr(desk.settings.mail_from)[1],
        address=desk.settings.base_url,
        given=link.answer or "",
        answered=translated("lifecycle", rulebook.transitions[given].label) if given else "",
        answered_at=link.answered_at,
        until=where.due_on if where.waits_for == CUSTOMER else None,
        associated=claim.status in holding,
        declined_before=bool(reasons & set(claim.rejection_reasons)),
        used_up=link.void_at is not None,
        choices=tuple(
            Choice(
                offer,
                translated("lifecycle", offer.transition.label),
                translated("lifecycle", offer.transition.confirm or ""),
                claim.status in holding and offer.transition.moves[claim.status] not in holding,
            )
            for offer in offers
            if offer.allowed and offer.action != given
        ),
    )


def answer(session: Session, desk: Desk, token: str, form: Mapping[str, str], language: str) -> None:
    """Record the customer's answer (product.md T12, T19); the same answer sent again changes nothing.

    `language` is that of the label in AnsweredBefore. Raises NotThere, LinkVoid, Invalid for an answer
    that the policy does not know, AnsweredBefore where the customer answered otherwise after the form's
    page was opened, and what `act` raises.
    """
    link, claim = _opened(session, token)
    rulebook = desk.rulebook_of(claim)
    action = rulebook.transition_at(ADDRESS, form)
    if action is None:
        raise Invalid({ANSWER: gettext("Choose one of the answers on the page.")})
    if link.answer is not None and link.answer == form.get(ANSWER):
        return
    given, final = _given(desk, claim, link), link.void_at is not None
    # A form that does not say what its page showed was written by hand and is taken as it is.
    if given is not None and (final or link.answer != form.get(SEEN, link.answer)):
        label = _translated(rulebook, language)("lifecycle", rulebook.transitions[given].label)
        raise AnsweredBefore(label, final=final)
    if final:
        raise LinkVoid(claim.organization.name)
    values = {name: (value,) for name, value in form.items() if name != SEEN}
    act(desk, action, claim.number, _actor(claim, link), Answers(values))


def _translated(rulebook: Rulebook, language: str) -> Callable[[str, str], str]:
    """Return what gives a text of a rule file in `language`."""
    return lambda file, text: rulebook.translations.of(file, text, language)


def _opened(session: Session, token: str) -> tuple[ConsentLink, Claim]:
    link = find_link(session, token)
    if link is None:
        raise NotThere
    claim = claim_by_id(session, link.claim_id)
    if link.void_at is not None and link.answer is None:
        raise LinkVoid(claim.organization.name)
    return link, claim


def _actor(claim: Claim, link: ConsentLink) -> Actor:
    return customer_actor(claim.customer_contact_name or link.email, link.email, claim.id, link.id)


def _given(desk: Desk, claim: Claim, link: ConsentLink) -> str | None:
    """Return the transition that the link's answer was, or None before one."""
    form = {ANSWER: link.answer} if link.answer else None
    return desk.rulebook_of(claim).transition_at(ADDRESS, form) if form else None
