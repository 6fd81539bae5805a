"""The shapes of the rule files: one pydantic model a file; names in them are resolved later."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from portal.rulebook.wording import spoken

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
FactName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$", max_length=80)]
Permission = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$", max_length=80)]
Address = Annotated[str, StringConstraints(pattern=r"^(claims|reviews|consent)(/[a-z][a-z-]*)?$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]
Condition = Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]

Side = Literal["partner", "operator"]
Mover = Literal["partner", "operator", "customer", "nobody"]
Scope = Literal["claim", "product", "document"]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


# ── policy.yaml ────────────────────────────────────────────────────────────────────────────────


class Question(Strict):
    """A question the rulebook answers besides "may this transition happen"."""

    label: Text | None = None
    scope: Scope
    outcomes: list[Code] | dict[Code, Text]  # codes, or code → what people call it
    combine: Literal["exclusive", "first", "all"]
    otherwise: Code  # the outcome when no rule fires
    told: Literal["before_submission", "on_the_claim"] | None = None  # where a partner reads its reasons
    wanted: Code | None = None  # the answer of which is told what would bring it, where it is another one

    def called(self, outcome: str) -> str:
        """Return what people call an outcome: its label, or its code in words where the file gives none."""
        labels = self.outcomes if isinstance(self.outcomes, dict) else {}
        return labels.get(outcome) or spoken(outcome)


class PolicyFile(Strict):
    name: Code
    label: Text
    time_zone: Text
    time_zone_label: Text | None = None  # what people call it; mails say both
    calendar: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")]  # ISO 3166 country
    questions: dict[Code, Question]


# ── vocabulary.yaml ────────────────────────────────────────────────────────────────────────────


class Fact(Strict):
    """One thing a rule may ask about a claim. A fact says what is so, never what follows."""

    type: Literal["bool", "int", "choice", "text", "date", "timestamp", "money", "set"]
    means: Text  # bool: a sentence that is true or false; else what stands before a colon
    means_not: Text | None = None  # bool only: the sentence that is true where `means` is not
    unit: Code | None = None  # int only: documents, months, …
    currency: str | None = None  # money only: ISO 4217
    range: Annotated[list[int], Field(min_length=2, max_length=2)] | None = None  # int only
    of: list[Code] | Code | None = None  # choice and set: the codes, or the name of a catalog
    scope: Scope = "claim"
    group: Code | None = None  # the field group whose editing changes it
    changes: Literal["partner", "operator", "customer", "system", "nobody"] = "nobody"
    seen_by: list[Side] = ["partner", "operator"]
    may_be_absent: bool = False  # then `NAME == null` asks the fact `given`
    to_change: Text | None = None  # what the one who can change it does, in the imperative
    to_remove: Text | None = None  # product only: how the product is taken off, in the imperative
    counts: Literal["product", "document"] | None = None  # int only: it is the number of these


class Defined(Strict):
    means: Text  # a sentence, as of a bool
    means_not: Text | None = None
    when: Condition


class NamedSet(Strict):
    """The codes of a catalog whose attribute `where` is true."""

    from_: Code = Field(alias="from")
    where: Code


class Axiom(Strict):
    id: Code
    when: Condition  # true of every claim
    means: Text | None = None


class VocabularyFile(Strict):
    facts: dict[FactName, Fact]
    defined: dict[FactName, Defined] = {}
    sets: dict[Code, NamedSet] = {}
    values: dict[Code, int | str] = {}
    always: list[Axiom] = []


# ── roles.yaml ─────────────────────────────────────────────────────────────────────────────────


class PermissionMeaning(Strict):
    means: Text
    seen_by: list[Side] = ["partner", "operator"]  # who reads on the policy's page that it is there
    everywhere: bool = False  # not for people who are restricted to some locations, whatever their roles


class Role(Strict):
    label: Text
    side: Side
    means: Text
    may: list[Permission]
    never_with: list[Code] = []  # roles that nobody holds beside this one


class RolesFile(Strict):
    permissions: dict[Permission, PermissionMeaning]
    roles: dict[Code, Role]


# ── reasons.yaml ───────────────────────────────────────────────────────────────────────────────


class CatalogReason(Strict):
    label: Text
    text: Text
    next_step: Text
    chosen_by: Literal["reviewer", "partner", "transition"]
    disputable: bool = False
    suggest: list[Text] = []  # sentences that a reviewer may take over into the message
    answered_in: list[Code] = []  # field groups in which a partner provides what is missing
    source: Text | None = None
    decided: bool = False


class ReasonsFile(Strict):
    information_reasons: dict[Code, CatalogReason]
    rejection_reasons: dict[Code, CatalogReason]
    partner_request_reasons: dict[Code, CatalogReason]


# ── rules, wherever they stand ─────────────────────────────────────────────────────────────────


class Rule(Strict):
    """One refusal of a transition, or one rule of a question. Exactly one of `when` and `unless`."""

    id: Code
    say: Text
    when: Condition | None = None
    unless: Condition | None = None
    source: Text | None = None  # the clause of the written source, quoted
    decided: bool = False  # true where the source is silent and product.md decides
    for_each: Scope | None = None  # decided once per item; the reason names it
    instead: Code | None = None  # an action to offer where nothing can change the answer
    outcome: Code | None = None  # questions only
    rank: int | None = None  # questions that combine by `first` only


# ── lifecycle.yaml ─────────────────────────────────────────────────────────────────────────────


class FieldGroup(Strict):
    """Fields of a claim that are opened and closed together."""

    label: Text
    fields: list[Code]  # names of the closed list `FIELDS`


class Status(Strict):
    label: Text
    means: Text
    waits_for: Mover
    open: bool = False  # a claim in it is under way, and keeps its place on its units against later ones
    editable: list[Code] = []
    keeps: list[Code] = []  # names of the closed list `KEPT`; begun on entering, ended on leaving
    closed_when: Condition | None = None
    tone: Literal["neutral", "info", "attention", "success", "danger"] = "neutral"


class Ask(Strict):
    """One thing a form asks for."""

    type: Literal["text", "documents", "codes", "products", "location", "person", "date", "fields"]
    need: Literal["required", "optional", "one_of"]
    label: Text | None = None
    hint: Text | None = None
    of: Code | Permission | None = None  # codes: a catalog (or a set of it); person: a permission


class Transition(Strict):
    label: Text
    means: Text | None = None
    moves: dict[Code, Code]  # status → status, with the reserved words `new` and `gone`
    by: Permission | Literal["system", "customer"]
    path: list[Address] = []
    chosen_by: dict[Code, Code] = {}
    called_by: list[Code] = []
    follows: list[Code] = []  # imports of the closed list `FOLLOWED` after which it decides again
    requires: dict[Code, Code] = {}  # question → outcome
    asks: dict[Code, Ask] = {}
    guards: list[Code] = []
    refuse: list[Rule] = []
    effects: list[Code] = []  # names of the closed list `VERBS`
    reason: Code | None = None  # the rejection reason that the transition itself gives
    confirm: Text | None = None  # asked before what cannot be undone
    done: Text | None = None  # told afterwards to the person who did it: what happened
    then: Text | None = None  # told behind it where the status stays: what is still to do
    tone: Literal["primary", "neutral", "danger"] = "neutral"
    source: Text | None = None
    decided: bool = False

    @property
    def asked_labels(self) -> dict[str, str]:
        """What people call that which the form asks for, by its name."""
        return {name: ask.label or spoken(name) for name, ask in self.asks.items()}


class SecondReviews(Strict):
    """Which decisions of reviewers somebody else judges once more without seeing them, and how many."""

    percent: Annotated[int, Field(ge=0, le=100)]
    because: Text  # why so many
    of: Annotated[list[Code], Field(min_length=1)]  # the transitions that are decisions
    besides: list[Code] = []  # transitions that are no decision, and still may have been the right answer


class LifecycleFile(Strict):
    first: Code  # the status in which a claim is private to its organization
    second_reviews: SecondReviews | None = None  # none: no decision is judged twice
    field_groups: dict[Code, FieldGroup]
    statuses: dict[Code, Status]
    guards: dict[Code, list[Rule]] = {}
    transitions: dict[Code, Transition]


# ── deadlines.yaml ─────────────────────────────────────────────────────────────────────────────


class ClockRule(Strict):
    label: Text
    while_: list[Code] | Code = Field(alias="while")  # runs in these statuses
    if_: Condition | None = Field(default=None, alias="if")
    starts: Literal["entered", "told"] = "entered"
    length: Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,3} (business|calendar) days?$")]
    waits_for: Mover | None = None
    waits_unless: Condition | None = None  # while it holds, the status says whose move it is
    remind: list[int] = []  # so many business days before the last day
    at_end: Code  # a system transition, or `nothing`
    reason: Text | None = None  # why nothing happens at the end
    source: Text | None = None
    decided: bool = False


class DeadlinesFile(Strict):
    clocks: dict[Code, ClockRule]


# ── association.yaml, incentives.yaml, evidence.yaml ───────────────────────────────────────────


class QuestionRules(Strict):
    rules: list[Rule]


class QuestionFile(Strict):
    """Rules of one or more of the questions that policy.yaml declares."""

    questions: dict[Code, QuestionRules]


# ── notifications.yaml ─────────────────────────────────────────────────────────────────────────


Way = Literal["at_once", "digest", "none"]  # how somebody may get a mail: by itself, in the day's, not at all


class Mail(Strict):
    to: Literal["partner", "reviewer", "reviewers", "customer", "operator_admins", "other_side"]
    template: Literal["claim_event", "consent_request"] = "claim_event"
    subject: Text
    lead: Text
    next: Text  # the next step, in the imperative
    when: Condition | None = None
    may_be: list[Way] = ["at_once"]  # what its recipient may choose; everybody else gets it at once
    also: list[Permission] = []  # partner only: whoever there holds one and may see the claim is told too


class NotificationsFile(Strict):
    events: dict[Code, list[Mail]]  # transition → mails; reminders are `remind_CLOCK`
