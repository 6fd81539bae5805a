"""What every use case on claims is handed, and what one step of the lifecycle carries with it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.claims.answers import Answers
from portal.claims.model import Claim
from portal.clock import Clock
from portal.evidence.intake import Taken
from portal.evidence.previewing import Previews
from portal.evidence.store import FileStore
from portal.policies.versions import Policies
from portal.rulebook.decision import Facts, Value
from portal.rulebook.models import Transition
from portal.rulebook.rulebook import Rulebook
from portal.settings import Settings

# A claim's incentive eligibility in words, with every reason.
Eligibility = tuple[str, tuple[str, ...]]


@dataclass(frozen=True)
class Desk:
    """The parts of one installation, built once in `app.py`. `verbs` maps an effect's name to its code."""

    clock: Clock
    policies: Policies
    files: FileStore
    previews: Previews
    settings: Settings
    verbs: Mapping[str, "Verb"]
    secret: bytes = field(repr=False)
    # What features above know of a claim: facts by name, told of a `gathering.Gathering`, and what its page
    # tells about money, beside the eligibility that it tells.
    facts: Mapping[str, Callable[[Any], Value]] = field(default_factory=dict)
    money: Callable[[Session, "Desk", Claim, Actor, Eligibility], object] = lambda *_: None
    # Called after each commit; where mail is kept as files, it hands the new messages over at once.
    committed: Callable[[], None] = lambda: None

    def open(self) -> None:
        """Load the policy before a transaction begins: storing a new one is a transaction of its own."""
        self.policies.in_force()

    def today(self) -> date:
        """Return the day it is in the time zone of the policy in force."""
        return self.clock.today(self.policies.in_force().policy.time_zone)

    def rulebook_of(self, claim: Claim) -> Rulebook:
        """Return what decides about `claim`: pinned at its first submission, in force before."""
        return self.policies.pinned(claim.policy_version)


@dataclass
class Step:
    """One transition while it is carried out. Verbs read it and add to `details` for the audit."""

    session: Session
    desk: Desk
    rulebook: Rulebook
    claim: Claim
    action: str
    transition: Transition
    actor: Actor
    answers: Answers
    taken: tuple[Taken, ...]
    now: datetime
    from_status: str
    to_status: str
    decision_id: int
    facts: Facts
    details: dict[str, Any] = field(default_factory=dict)


Verb = Callable[[Step], None]
