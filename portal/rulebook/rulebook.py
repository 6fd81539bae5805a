"""One version of the policy, compiled: what it decides, and everything that its files say."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from threading import Lock
from types import MappingProxyType

from portal.languages.sentences import gettext
from portal.rulebook import closed_names as closed
from portal.rulebook.asked_rules import AskedRule
from portal.rulebook.axioms import Axioms
from portal.rulebook.compiling import compiled_questions, known_notifications
from portal.rulebook.decision import CouldNotBeDecided, Decision, Facts, Reason
from portal.rulebook.documents import Document, Path
from portal.rulebook.models import CatalogReason, ClockRule, Side, Status, Transition
from portal.rulebook.parts import Parts
from portal.rulebook.questions import Answer, answered, permitted
from portal.rulebook.remedies import Remedies, Remedy
from portal.rulebook.translations import Translations, translations_of
from portal.rulebook.twofold import Twofold
from portal.rulebook.vocabulary import Vocabulary
from portal.rulebook.wording import quoted, spoken


class Rulebook:
    """A policy version, ready to decide. Immutable, safe between threads, meant to be shared.

    Made by `loading.load`. `version` names the files; `roles_version` those from which roles and
    notifications are taken, which are always the ones in force.
    """

    def __init__(
        self,
        version: str,
        files: Mapping[str, str],
        parts: Parts,
        vocabulary: Vocabulary,
        documents: Mapping[str, Document],
        roles_version: str | None = None,
        translations: Translations | None = None,
    ) -> None:
        self.version = version
        self.roles_version = roles_version or version
        self.files = MappingProxyType(dict(files))
        self.parts = parts
        self.vocabulary = vocabulary
        self.policy, self.roles, self.programs = parts.policy, parts.roles, parts.programs
        self.lifecycle, self.deadlines, self.reasons = parts.lifecycle, parts.deadlines, parts.reasons
        self.notifications, self.incentives = parts.notifications, parts.incentives
        self.documents = documents
        self.translations = translations or translations_of(parts)
        self._axioms = Axioms(vocabulary, parts.vocabulary.always)
        self._asked = compiled_questions(parts, vocabulary, lambda rule: self.line(rule.file, rule.path))
        self._remedies = Remedies(self._asked, parts, self._axioms, vocabulary)
        self._conditions: dict[str, Twofold] = {}
        self._with_current: dict[str, Rulebook] = {}
        self._lock = Lock()

    @property
    def statuses(self) -> Mapping[str, Status]:
        return self.lifecycle.statuses

    @property
    def transitions(self) -> Mapping[str, Transition]:
        return self.lifecycle.transitions

    @property
    def clocks(self) -> Mapping[str, ClockRule]:
        return self.deadlines.clocks

    # ── deciding ───────────────────────────────────────────────────────────────────────────────

    def decide(self, question: str, facts: Facts) -> Decision:
        """Answer a question of policy.yaml, or whether a transition may happen, by both evaluators.

        `facts` must hold what `facts_read(question)` names; where they hold `input.*`, all of the
        transition's asks, and the form is judged too. Raises CouldNotBeDecided.
        """
        return self._decide(question, facts, engine=True)

    def replay(self, question: str, facts: Facts) -> Decision:
        """Answer as `decide` does, by plain Python alone; for re-deciding many stored decisions."""
        return self._decide(question, facts, engine=False)

    def remedy(self, decision: Decision, reader: Side) -> Remedy | None:
        """Return one smallest joint change after which `decision` would be as wanted.

        Wanted is an action allowed, or the answer that its question names. Only what those who may act
        now can change, and what the side of the `reader` may know. It was decided again by both
        evaluators; None where nothing that they can change would help, and where it is as wanted.
        """
        remedy = self._remedies.find(decision, reader)
        if remedy is None or not remedy.changes:
            return remedy
        again = self.decide(decision.question, self._remedies.after(decision, remedy, reader))
        return remedy if self._remedies.is_as_wanted(again) else None

    def facts_read(self, question: str) -> frozenset[str]:
        """Return the facts that deciding `question` needs, without the `input.*` that a form brings.

        Facts of products and documents are among them. Besides questions and transitions it knows
        `closed:STATUS`, `clock:NAME`, `waits:NAME` and `mail:EVENT:INDEX`, for the conditions that
        `is_closed`, `clock_applies`, `clock_waits` and `mail_applies` decide.
        Raises KeyError for an unknown one.
        """
        kind, _, named = question.partition(":")
        if named:
            text = self._condition_of(kind, named)
            return self.vocabulary.parse(text).facts if text is not None else frozenset()
        names = self._asked[question].facts
        if question in self.transitions:
            names |= frozenset[str]().union(
                *(self.facts_read(required) for required in self.transitions[question].requires)
            )
        return frozenset(name for name in names if not name.startswith("input."))

    def _decide(self, question: str, facts: Facts, *, engine: bool) -> Decision:
        with self._told_of(facts):
            if question not in self._asked:
                # stays English: told in the log
                raise CouldNotBeDecided(question, "the policy has no such question")
            self._axioms.require(question, facts)
            answer = self._answer(question, facts, engine=engine)
        return Decision(
            question, answer.outcome, answer.reasons, answer.trace, self.version, self.roles_version, facts
        )

    @contextmanager
    def _told_of(self, facts: Facts) -> Iterator[None]:
        """Let what cannot be decided here carry the policy's version and the facts."""
        try:
            yield
        except CouldNotBeDecided as error:
            error.policy_version, error.facts = self.version, facts
            raise

    def _answer(self, question: str, facts: Facts, *, engine: bool) -> Answer:
        asked = self._asked[question]
        if question not in self.transitions:
            return answered(self.policy.questions[question], asked, facts, engine=engine)
        required = []
        for name, wanted in self.transitions[question].requires.items():
            answer = self._answer(name, facts, engine=engine)
            if answer.outcome != wanted:
                required.append(answer if answer.reasons else self._unexplained(question, name, answer))
        return permitted(asked, facts, required, engine=engine)

    def _unexplained(self, action: str, required: str, answer: Answer) -> Answer:
        """Give a reason to an answer that no rule gave: what the action requires it to be."""
        file, path = "lifecycle.yaml", ("transitions", action, "requires", required)
        transition, question = self.transitions[action], self.policy.questions[required]
        text = gettext(
            "%(action)s needs another answer to %(question)s: it is %(answer)s and must be %(wanted)s.",
            action=quoted([transition.label]),
            question=quoted([question.label or spoken(required)]),
            answer=quoted([question.called(answer.outcome)]),
            wanted=quoted([question.called(transition.requires[required])]),
        )
        return replace(
            answer, reasons=(Reason(required, text, file, self.line(file, path), transition.source),)
        )

    # ── conditions outside of questions ────────────────────────────────────────────────────────

    def is_closed(self, status: str, facts: Facts) -> bool:
        """Return whether a claim in `status` is closed; raises CouldNotBeDecided."""
        asked = Facts({**facts.claim, closed.STATUS: status})
        return self._holds(f"closed:{status}", asked, without=False)

    def clock_applies(self, clock: str, facts: Facts) -> bool:
        """Return whether `clock` runs for the claim at all (its `if`); raises CouldNotBeDecided."""
        return self._holds(f"clock:{clock}", facts, without=True)

    def clock_waits(self, clock: str, facts: Facts) -> bool:
        """Return whether `clock` still waits for the one it names; raises CouldNotBeDecided."""
        return not self._holds(f"waits:{clock}", facts, without=False)

    def mail_applies(self, event: str, index: int, facts: Facts) -> bool:
        """Return whether mail `index` of `event` is to be sent (its `when`); raises CouldNotBeDecided."""
        return self._holds(f"mail:{event}:{index}", facts, without=True)

    def _condition_of(self, kind: str, named: str) -> str | None:
        if kind == "closed":
            return self.statuses[named].closed_when
        if kind == "clock":
            return self.clocks[named].if_
        if kind == "waits":
            return self.clocks[named].waits_unless
        event, _, index = named.partition(":")
        return self.notifications.events[event][int(index)].when

    def _holds(self, question: str, facts: Facts, *, without: bool) -> bool:
        """Decide the condition that `question` names by both evaluators; `without` one it is `without`."""
        kind, _, named = question.partition(":")
        text = self._condition_of(kind, named)
        if text is None:
            return without
        with self._lock:
            conditions = self._conditions.get(text)
            if conditions is None:
                conditions = self._conditions[text] = Twofold({"it": self.vocabulary.parse(text)})
        with self._told_of(facts):
            return bool(conditions.holding(question, facts.claim))

    # ── what the files say ─────────────────────────────────────────────────────────────────────

    def permissions_of(self, roles: Iterable[str], *, restricted: bool = False) -> frozenset[str]:
        """Return the permissions that the roles give together; to `restricted` people not all."""
        known, means = self.roles.roles, self.roles.permissions
        given = (permission for role in roles if role in known for permission in known[role].may)
        return frozenset(one for one in given if not (restricted and means[one].everywhere))

    def side_of(self, role: str) -> Side | None:
        """Return the side that `role` belongs to, None for a role that is no more."""
        return self.roles.roles[role].side if role in self.roles.roles else None

    def questions_told(self, where: str) -> list[str]:
        """Return the questions whose reasons a partner reads at `where` (`told` of policy.yaml)."""
        return [code for code, question in self.policy.questions.items() if question.told == where]

    def roles_with(self, permission: str) -> list[str]:
        """Return the roles that give `permission`."""
        return [code for code, role in self.roles.roles.items() if permission in role.may]

    @property
    def known_reasons(self) -> Mapping[str, CatalogReason]:
        """Every reason that a claim can have been given, of all catalogs, by code."""
        reasons = self.reasons
        return reasons.information_reasons | reasons.rejection_reasons | reasons.partner_request_reasons

    def reasons_known_to(self, action: str) -> Mapping[str, CatalogReason]:
        """The same, in the words of the catalog that `action` asks from: two may have reasons of one code."""
        reasons = self.reasons
        catalogs = {
            "information_reasons": reasons.information_reasons,
            "rejection_reasons": reasons.rejection_reasons,
            "partner_request_reasons": reasons.partner_request_reasons,
        }
        transition = self.transitions.get(action)
        asked = [ask.of for ask in transition.asks.values()] if transition else []
        own = next((catalogs[of] for of in asked if of in catalogs), {})
        return {**self.known_reasons, **own}

    def called_by(self, action: str) -> list[str]:
        """Return the transitions that `action` on one claim calls on others; none for most actions."""
        return [code for code, row in self.transitions.items() if action in row.called_by]

    def following(self, kind: str) -> list[str]:
        """Return the transitions that decide again when an import of `kind` changed what is known."""
        return [code for code, row in self.transitions.items() if kind in row.follows]

    def transition_at(self, address: str, form: Mapping[str, str]) -> str | None:
        """Return the transition that a form sent to `address` asks for, such as `claims/dispute`.

        Where several share the address, the form's fields named by `chosen_by` tell them apart.
        """
        found = [name for name, one in self.transitions.items() if address in one.path]
        chosen = [
            name
            for name in found
            if all(form.get(field) == value for field, value in self.transitions[name].chosen_by.items())
        ]
        return max(chosen, key=lambda name: len(self.transitions[name].chosen_by), default=None)

    def catalog_codes(self, of: str) -> dict[str, CatalogReason]:
        """Return the reasons of a catalog, or of a named set of one, in the order of the file."""
        return dict(self.parts.reasons_of(of))

    def line(self, file: str, path: Path) -> int:
        """Return the line (from 1) at which the key or list item at `path` of `file` stands."""
        return self.documents[file].key_place(path).line

    def asked_rules(self, question: str | None = None) -> tuple[AskedRule, ...]:
        """Return the rules of one question, or of all: written and generated, in the order told."""
        asked = self._asked.values() if question is None else (self._asked[question],)
        return tuple(rule for one in asked for rule in one.rules)

    def with_current(self, current: "Rulebook") -> "Rulebook":
        """Return this policy with the roles and notifications of `current`; what is pinned stays.

        Of the notifications those are left out that name what the pinned files do not know.
        """
        if current.version == self.roles_version:
            return self
        with self._lock:
            known = self._with_current.get(current.version)
        if known is not None:
            return known
        parts = replace(self.parts, roles=current.roles)
        vocabulary = Vocabulary(parts, further_roles=self.roles.roles)
        parts = replace(parts, notifications=known_notifications(current.notifications, parts, vocabulary))
        always_in_force = ("roles.yaml", "notifications.yaml")
        documents = {**self.documents, **{file: current.documents[file] for file in always_in_force}}
        said = self.translations.with_current(current.translations)
        made = Rulebook(self.version, self.files, parts, vocabulary, documents, current.version, said)
        with self._lock:
            self._with_current = {current.version: made}  # one is in force at a time; older ones go
        return made
