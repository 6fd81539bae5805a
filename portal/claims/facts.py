"""What is so about a claim, gathered for one decision; only the facts its rules read are looked up."""

from collections.abc import Callable, Mapping
from datetime import date

from portal.claims.answer_facts import chosen_had_part, chosen_is_assigned, chosen_months_since, days_moved
from portal.claims.clock_states import clock_state, running_clock
from portal.claims.gathering import Gathering
from portal.claims.impartiality import months_since_belonged
from portal.claims.model import ClaimProduct
from portal.claims.participants import (
    had_part_in_rival,
    has_other_reviewer,
    is_with_reviewer,
    people_who_moved,
)
from portal.claims.removals import asked, left_to_remove, not_chosen
from portal.claims.units import Rival, unit_of, worst
from portal.rulebook.decision import Facts, Value

NEW = "new"  # the reserved status of a claim that is being created


def _domain(email: str) -> str:
    return email.rpartition("@")[2].casefold()


def _within(domain: str, other: str) -> bool:
    """Tell whether `domain` is `other` or below it; blank domains match nothing."""
    return bool(domain and other) and (domain == other.casefold() or domain.endswith("." + other.casefold()))


CLAIM_FACTS: Mapping[str, Callable[[Gathering], Value]] = {
    "claim.status": lambda g: g.claim.status,
    "claim.activity": lambda g: g.claim.activity,
    "claim.has_location": lambda g: g.claim.location_id is not None,
    "claim.has_customer": lambda g: g.claim.customer_id is not None,
    "claim.has_activity": lambda g: g.claim.activity is not None,
    "claim.products": lambda g: len(g.claim.products),
    "claim.products_after": lambda g: g.products_after,
    "claim.comments_today": lambda g: g.comments_today,
    "claim.competing_claims": lambda g: len({rival.claim_id for rival in g.rivals}),
    "claim.has_other_association": lambda g: any(_others(g, product) for product in g.claim.products),
    "claim.round": lambda g: g.claim.round,
    "claim.disputes_used": lambda g: g.claim.disputes_used,
    "claim.rejection_reasons": lambda g: frozenset(g.claim.rejection_reasons),
    "claim.has_commentary": lambda g: bool(g.claim.commentary),
    "contacts.customer_complete": lambda g: all(
        (g.claim.customer_contact_name, g.claim.customer_contact_title, g.claim.customer_contact_email)
    ),
    "contacts.customer_domain_matches": lambda g: (
        g.claim.customer is not None
        and _within(_domain(g.claim.customer_contact_email), g.claim.customer.domain)
    ),
    "contacts.customer_domain_is_partners": lambda g: _within(
        _domain(g.claim.customer_contact_email), g.own_domain
    ),
    "contacts.technical_complete": lambda g: all(
        (g.claim.technical_contact_name, g.claim.technical_contact_email)
    ),
    "contacts.own_complete": lambda g: all((g.claim.own_contact_name, g.claim.own_contact_email)),
    "evidence.documents": lambda g: len(g.documents),
    # Unreadable files are refused when they are uploaded, so what is kept has been read.
    "evidence.readable_documents": lambda g: len(g.documents),
    "evidence.repeated_documents": lambda g: g.repeated,
    "evidence.new_documents": lambda g: sum(taken.sha256 not in g.known_hashes for taken in g.taken),
    "evidence.known_documents": lambda g: sum(taken.sha256 in g.known_hashes for taken in g.taken),
    "round.changed_groups": lambda g: g.since_request["groups"],
    "round.new_documents": lambda g: g.since_request["documents"],
    # A refusal takes an agreement back, so both at the same moment mean that they agreed later. Rows from
    # before it did so have the earlier agreement beside the refusal.
    "consent.agreed_since_decline": lambda g: (
        g.claim.agreed_at is not None
        and (g.claim.declined_at is None or g.claim.agreed_at >= g.claim.declined_at)
    ),
    "consent.has_link": lambda g: g.has_link,
    "consent.links_today": lambda g: g.links_today,
    "claim.has_other_reviewer": lambda g: has_other_reviewer(g.session, g.rulebook, g.claim, g.desk.today()),
    "actor.had_part_in_rival": lambda g: had_part_in_rival(
        g.session, g.rulebook, g.rivals, g.actor, g.desk.today()
    ),
    "claim.has_reviewer": lambda g: is_with_reviewer(g.session, g.rulebook, g.claim, g.desk.today()),
    "claim.deadline_runs": lambda g: running_clock(g.claim) is not None,
    "chosen.is_assigned": lambda g: chosen_is_assigned(g.claim, g.answers),
    "chosen.had_part": lambda g: chosen_had_part(g.session, g.claim, g.answers),
    "extension.days": lambda g: days_moved(g.claim, g.answers),
    "chosen.products_left": lambda g: not_chosen(g.claim, g.answers),
    "removal.asked": lambda g: len(asked(g.claim)),
    "removal.left": lambda g: len(left_to_remove(g.claim)),
    "removal.kept": lambda g: len(g.claim.products) - len(left_to_remove(g.claim)),
    "subscriptions.known": lambda g: sum(bool(found) for found in g.subscriptions.values()),
    "subscriptions.states": lambda g: frozenset(
        row.state for found in g.subscriptions.values() for row in found
    ),
    "chosen.months_since_belonged": lambda g: chosen_months_since(
        g.session, g.claim, g.answers, g.desk.today()
    ),
    "actor.months_since_belonged": lambda g: months_since_belonged(
        g.session, g.actor.person_id, [g.claim.organization_id], g.desk.today()
    ),
    "actor.months_since_belonged_to_rival": lambda g: months_since_belonged(
        g.session, g.actor.person_id, [rival.organization_id for rival in g.rivals], g.desk.today()
    ),
    "actor.roles": lambda g: g.actor.roles,
    "actor.kind": lambda g: g.actor.kind,
    "actor.is_assigned": lambda g: g.actor.person_id is not None and g.actor.person_id == g.claim.reviewer_id,
    "actor.had_part": lambda g: g.actor.person_id in people_who_moved(g.session, g.claim),
}


def _on_unit(g: Gathering, product: ClaimProduct) -> list[Rival]:
    unit = unit_of(g.claim, product, g.rulebook.programs)
    return [rival for rival in g.rivals if rival.unit == unit]


def _own(g: Gathering, product: ClaimProduct) -> list[Rival]:
    return [rival for rival in _on_unit(g, product) if rival.organization_id == g.claim.organization_id]


def _others(g: Gathering, product: ClaimProduct) -> list[Rival]:
    return [rival for rival in _on_unit(g, product) if rival.organization_id != g.claim.organization_id]


def _area(g: Gathering) -> str | None:
    activity = g.rulebook.programs.activities.get(g.claim.activity or "")
    return activity.solution_area if activity else None


def _in_area(g: Gathering, product: ClaimProduct) -> bool:
    """A product that the policy no longer has is in no solution area, so it cannot be claimed any more."""
    known = g.rulebook.programs.products.get(product.product)
    return known is not None and known.solution_area == _area(g)


PRODUCT_FACTS: Mapping[str, Callable[[Gathering, ClaimProduct], Value]] = {
    "product.name": lambda g, p: g.rulebook.programs.product_label(p.product),
    "product.code": lambda _, p: p.product,
    "product.has_subscription": lambda _, p: bool(p.subscription_id),
    "product.in_solution_area": _in_area,
    "product.own_claim": lambda g, p: worst(_own(g, p), g.rulebook),
    "product.other_partner": lambda g, p: worst(_others(g, p), g.rulebook),
    "product.has_other_association": lambda g, p: bool(_others(g, p)),
}

PRODUCT_SCOPE = "product."


def gather(gathering: Gathering, question: str) -> Facts:
    """Return the facts that the rules of `question` read.

    With answers (a form was sent) the facts `input.ASK` say what was given; without, nothing is
    known of the input and the rules about it are not asked.
    """
    wanted = gathering.rulebook.facts_read(question)
    return _facts(gathering, wanted | {"product.name"}, _input_of(gathering, question))


def gather_named(gathering: Gathering, names: frozenset[str]) -> Facts:
    """Return the facts called `names`, for the conditions of statuses, clocks and mails."""
    return _facts(gathering, names, {})


def _facts(g: Gathering, wanted: frozenset[str], inputs: Mapping[str, Value]) -> Facts:
    claim: dict[str, Value] = dict(inputs)
    for name in wanted:
        if name in CLAIM_FACTS:
            claim[name] = CLAIM_FACTS[name](g)
        elif name in g.desk.facts:
            claim[name] = g.desk.facts[name](g)
        elif name.startswith("clock."):
            claim[name] = _clock(g, name.removeprefix("clock."))
    products: tuple[Mapping[str, Value], ...] = ()
    if any(name.startswith(PRODUCT_SCOPE) for name in wanted):
        read = [name for name in PRODUCT_FACTS if name in wanted]
        products = tuple(
            {name: PRODUCT_FACTS[name](g, product) for name in read} for product in g.claim.products
        )
    return Facts(claim=claim, products=products)


def _clock(g: Gathering, name: str) -> Value:
    due_on = name.removesuffix("_due_on")
    row = g.clocks.get(due_on)
    if due_on != name:
        return date.fromisoformat(row.due_on) if row and row.due_on else None
    return clock_state(row, g.now)


def _input_of(g: Gathering, question: str) -> dict[str, Value]:
    transition = g.rulebook.transitions.get(question)
    if transition is None or g.answers is None:
        return {}
    return {
        f"input.{name}": bool(g.taken) if ask.type == "documents" else bool(g.answers.many(name))
        for name, ask in transition.asks.items()
    }
