"""The wizard that fills a draft step by step, and tells what the rules still miss in each step."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.claims.content import content_of
from portal.claims.desk import Desk
from portal.claims.details import FieldsForm, Sent, fields_form, fields_in_words
from portal.claims.facts import gather
from portal.claims.gathering import Gathering
from portal.claims.lifecycle import GONE
from portal.claims.model import Claim, ClaimDocument
from portal.claims.offering import Offer
from portal.claims.own_customers import search_customers
from portal.claims.proposing import (
    OWN_CONTACT,
    NamedBefore,
    is_met_by_proposal,
    named_before,
    others_than,
    with_own_contact,
)
from portal.claims.refusals import NotThere
from portal.claims.same_customer import OtherClaim, other_claims
from portal.claims.sending import Sending, sending
from portal.claims.untouched import NOTHING_SHOWN, mark_as_shown
from portal.languages.sentences import lazy_gettext
from portal.rulebook.decision import Reason
from portal.rulebook.program_models import Activity
from portal.rulebook.rulebook import Rulebook

ADDING = "customer_name"  # a field that only the form of a new customer has


@dataclass(frozen=True)
class Step:
    """One step: its code in the address, its heading, and the claim's fields that it fills."""

    code: str
    label: str = field(compare=False)  # said anew each time, so that it tells no step from another
    fields: tuple[str, ...]


STEPS = (
    Step("location", lazy_gettext("Location"), ("location",)),
    Step("customer", lazy_gettext("Customer"), ("customer",)),
    Step("activity", lazy_gettext("Activity"), ("activity",)),
    Step("products", lazy_gettext("Products"), ("products",)),
    Step(
        "contacts",
        lazy_gettext("Contacts and name"),
        ("customer_contact", "technical_contact", "own_contact", "name"),
    ),
    Step("evidence", lazy_gettext("Proof of execution"), ("documents", "commentary")),
    Step("review", lazy_gettext("Review and submit"), ()),
)
BY_CODE = {step.code: step for step in STEPS}
# Where it is told what is worth knowing: while the choice is made, and once more before the end.
INFORMED = frozenset({"products", "review"})
TOLD_OF_CUSTOMER = frozenset({"customer", "activity", "products"})
# The ids of the forms on the pages of steps that have other forms than one.
FORMS = {"customer": ("known", "add"), "review": ()}
# Where a rule is about one product and names no field group, the products are what can be changed.
STEP_OF_SCOPE = {"product": BY_CODE["products"], "document": BY_CODE["evidence"]}


@dataclass(frozen=True)
class Finding:
    """Something the rules say about the draft, and the step in which it can be changed."""

    reason: Reason
    step: Step | None


@dataclass(frozen=True)
class Summary:
    """What one step filled in, as (term, text) rows; text is "" for what is missing."""

    step: Step
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class WizardPage:
    """One step of a draft as a page shows it."""

    claim: Claim
    step: Step
    number: int  # of the step, from 1
    done: frozenset[str]  # codes of the steps in which nothing is missing
    form: FieldsForm
    shown: str  # the mark of the step's form as long as nobody touches it
    unsaved: bool  # whether the form holds what was sent and is saved nowhere
    contacts: tuple[NamedBefore, ...]  # other customer contacts whom the fields can be filled with
    summary: tuple[Summary, ...]
    documents: tuple[ClaimDocument, ...]
    ways: frozenset[str]  # the actions that lead on from here
    findings: tuple[Finding, ...]
    early: tuple[Finding, ...]  # those about what was filled in up to this step, told before the last one
    information: tuple[Reason, ...]
    same_customer: tuple[OtherClaim, ...]  # what the organization has for the customer already
    more_of_customer: bool
    found: tuple[tuple[str, str, str], ...]  # customers that the search found: id, name, domain and tenant
    more_found: bool
    search: str
    sending: tuple[Sending, ...]  # what sending it changes; told in the last step alone

    @property
    def steps(self) -> tuple[Step, ...]:
        return STEPS

    @property
    def forms(self) -> tuple[str, ...]:
        """The ids of the forms in which the step is filled."""
        return FORMS.get(self.step.code, ("step",))

    @property
    def nothing_shown(self) -> str:
        """The mark of a form that begins blank."""
        return NOTHING_SHOWN

    @property
    def adds_customer(self) -> bool:
        """Whether the form that came back was the one of a new customer."""
        return ADDING in self.form.values

    @property
    def never_earns(self) -> Activity | None:
        """The activity where it cannot earn, in the steps that tell so: after the choice, and the last."""
        return self.form.never_earns if self.step.code in INFORMED else None

    @property
    def before(self) -> Step | None:
        return STEPS[self.number - 2] if self.number > 1 else None


def is_in_wizard(rulebook: Rulebook, claim: Claim) -> bool:
    """Tell whether the claim is still private to its organization, so that the wizard fills it."""
    return claim.status == rulebook.lifecycle.first


def ways_on(claim: Claim, offered: Iterable[Offer]) -> list[Offer]:
    """Return the actions that would move the claim on from here: submitting it, in the usual policy."""
    ended = (claim.status, GONE)
    return [offer for offer in offered if offer.transition.moves.get(claim.status, GONE) not in ended]


def step_after(code: str) -> Step:
    """Return the step behind `code`; the last stays. Raises NotThere for an unknown one."""
    place = STEPS.index(_step(code))
    return STEPS[min(place + 1, len(STEPS) - 1)]


def is_onward(code: str, go: str) -> bool:
    """Tell whether the step `go` comes after the step `code`."""
    codes = list(BY_CODE)
    return code in codes and go in codes and codes.index(code) < codes.index(go)


def first_unfinished(rulebook: Rulebook, claim: Claim, offered: Iterable[Offer]) -> Step:
    """Return the first step in which the rules still miss something, or the last."""
    missing = {finding.step for finding in findings(rulebook, ways_on(claim, offered))}
    return next((step for step in STEPS if step in missing), STEPS[-1])


def wizard_page(
    session: Session,
    desk: Desk,
    claim: Claim,
    actor: Actor,
    code: str,
    offered: Sequence[Offer],
    search: str = "",
    sent: Sent | None = None,
) -> WizardPage:
    """Return the step `code` of the draft `claim`, with what was typed where a form came back.

    `offered` are the actor's actions on the claim. Raises NotThere for a step that there is not.
    """
    rulebook = desk.rulebook_of(claim)
    step = _step(code)
    ways = ways_on(claim, offered)
    found = findings(rulebook, ways)
    missing = {finding.step for finding in found}
    untouched = with_own_contact(fields_form(session, rulebook, claim, actor), actor)
    form = fields_form(session, rulebook, claim, actor, sent) if sent else untouched
    others, more_of_customer = (
        other_claims(session, desk, claim, actor) if step.code in TOLD_OF_CUSTOMER else ((), False)
    )
    contacts = named_before(session, desk, claim, actor) if "customer_contact" in step.fields else ()
    customers, more = search_customers(session, actor, search, form.value("customer"))
    return WizardPage(
        claim=claim,
        step=step,
        number=STEPS.index(step) + 1,
        done=frozenset(row.code for row in STEPS[:-1] if row not in missing),
        form=form,
        shown=mark_as_shown(untouched, step.fields),
        unsaved=sent is not None,
        contacts=others_than(contacts, form),
        summary=tuple(_summary(rulebook, claim)),
        documents=tuple(row for row in claim.documents if row.current),
        ways=frozenset(offer.action for offer in ways),
        findings=tuple(found),
        early=tuple(_early(claim, step, found, form)),
        information=tuple(_information(session, desk, claim, actor, found)) if step.code in INFORMED else (),
        same_customer=others,
        more_of_customer=more_of_customer,
        found=customers,
        more_found=more,
        search=search,
        sending=tuple(sending(rulebook, claim, ways, desk.clock.now())) if step is STEPS[-1] else (),
    )


def _step(code: str) -> Step:
    if code not in BY_CODE:
        raise NotThere
    return BY_CODE[code]


def _summary(rulebook: Rulebook, claim: Claim) -> Iterable[Summary]:
    words = fields_in_words(rulebook, claim)
    for step in STEPS:
        rows = tuple(row for name in step.fields for row in words.get(name, ()))
        if rows:
            yield Summary(step, rows)


def findings(rulebook: Rulebook, ways: Iterable[Offer]) -> list[Finding]:
    """Return every reason that keeps the draft from going on, each once, with its step."""
    reasons: dict[tuple[str, str], Reason] = {}
    for offer in ways:
        for reason in offer.decision.reasons:
            reasons.setdefault((reason.code, reason.text), reason)
    return [Finding(reason, step_of(rulebook, reason)) for reason in reasons.values()]


def step_of(rulebook: Rulebook, reason: Reason) -> Step | None:
    """Return the step that fills what the rule looked at last, None where no step changes it."""
    known = rulebook.vocabulary.facts
    groups = rulebook.lifecycle.field_groups
    looked_at = [known[one.fact] for one in reason.comparisons if one.fact in known]
    for fact in reversed(looked_at):
        fields = groups[fact.group].fields if fact.group in groups else []
        for step in STEPS:
            if set(step.fields) & set(fields):
                return step
    return next((STEP_OF_SCOPE[fact.scope] for fact in looked_at if fact.scope in STEP_OF_SCOPE), None)


def _information(
    session: Session, desk: Desk, claim: Claim, actor: Actor, told: Sequence[Finding]
) -> list[Reason]:
    """Return what is worth knowing and was not told as a finding already."""
    rulebook = desk.rulebook_of(claim)
    gathering = Gathering(session, desk, rulebook, claim, actor, desk.clock.now())
    texts = {finding.reason.text for finding in told}
    return [
        reason
        for question in rulebook.questions_told("before_submission")
        for reason in rulebook.decide(question, gather(gathering, question)).reasons
        if reason.text not in texts
    ]


def _early(claim: Claim, step: Step, found: Sequence[Finding], form: FieldsForm) -> list[Finding]:
    """Return what the rules say about steps up to `step` in which something was filled in.

    What was not begun yet is no mistake, nor is what the step's form proposes; the last step tells it all.
    """
    content = content_of(claim)
    begun = [
        one for one in STEPS[: STEPS.index(step) + 1] if any(_filled(content, name) for name in one.fields)
    ]
    if step is STEPS[-1]:
        return []
    proposed = "own_contact" in step.fields and all(form.value(name) for name in OWN_CONTACT)
    return [
        finding
        for finding in found
        if finding.step in begun and not (proposed and is_met_by_proposal(finding.reason))
    ]


def _filled(content: Mapping[str, object], name: str) -> bool:
    value = content[name]
    return any(value) if isinstance(value, list) else bool(value)
