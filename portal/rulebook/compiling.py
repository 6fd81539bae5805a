"""The questions of one policy, compiled: every transition and every question of policy.yaml."""

from collections.abc import Mapping

from portal.rulebook import closed_names as closed
from portal.rulebook.asked_rules import RuleMaker
from portal.rulebook.condition_types import ConditionError
from portal.rulebook.mail_names import names_of_mail
from portal.rulebook.models import Mail, NotificationsFile
from portal.rulebook.parts import Parts
from portal.rulebook.questions import AskedQuestion, LineOf
from portal.rulebook.resolving_lifecycle import rules_of as rules_of_transition
from portal.rulebook.resolving_questions import rules_of as rules_of_question
from portal.rulebook.templates import facts_in
from portal.rulebook.vocabulary import Vocabulary


def compiled_questions(parts: Parts, vocabulary: Vocabulary, line_of: LineOf) -> Mapping[str, AskedQuestion]:
    """Return every question by its name; raises EngineRefused where durable-rules could not be trusted.

    A transition's rules stand in the order in which their reasons are told: status, person, guards,
    own refusals, what the form must bring, and what is refused because of what it brings.
    """
    maker = RuleMaker(parts, vocabulary)
    asked: dict[str, AskedQuestion] = {}
    for name, question in parts.policy.questions.items():
        rules = [
            maker.written(file, path, rule, question.scope, frozenset())
            for file, path, rule in rules_of_question(parts, name)
        ]
        asked[name] = AskedQuestion(name, tuple(rules), vocabulary, line_of)
    for name, transition in parts.lifecycle.transitions.items():
        asks = frozenset(transition.asks)
        written = [
            maker.written(file, path, rule, "claim", asks)
            for file, path, rule in rules_of_transition(parts, transition, name)
        ]
        rules = [
            *maker.of_lifecycle(name, transition),
            *(rule for rule in written if not rule.reads_input),
            *maker.of_asks(name, transition),
            *(rule for rule in written if rule.reads_input),
        ]
        asked[name] = AskedQuestion(name, tuple(rules), vocabulary, line_of, transition.asked_labels)
    return asked


def known_notifications(
    current: NotificationsFile, parts: Parts, vocabulary: Vocabulary
) -> NotificationsFile:
    """Return those mails of `current` that name only what `parts` know."""
    events = {*parts.lifecycle.transitions, *(f"{closed.REMIND}{clock}" for clock in parts.deadlines.clocks)}
    return NotificationsFile(
        events={
            event: [mail for mail in mails if _is_known(mail, names_of_mail(parts, event, mail), vocabulary)]
            for event, mails in current.events.items()
            if event in events
        }
    )


def _is_known(mail: Mail, names: frozenset[str], vocabulary: Vocabulary) -> bool:
    if mail.when is not None:
        try:
            vocabulary.parse(mail.when)
        except ConditionError:
            return False
    named = facts_in(mail.subject) | facts_in(mail.lead) | facts_in(mail.next)
    return named <= names | frozenset(vocabulary.types)
