"""One claim as a decision sees it: everything is looked up once, and only what is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from functools import cached_property
from zoneinfo import ZoneInfo

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.accounts.model import Organization
from portal.claims.answers import Answers
from portal.claims.content import compared, content_of
from portal.claims.desk import Desk
from portal.claims.model import Claim, ClaimClock, ClaimComment, ClaimDocument, ConsentLink
from portal.claims.units import Rival, rivals
from portal.customers.model import SubscriptionReading
from portal.customers.subscriptions import Claimed, subscriptions_of
from portal.evidence.intake import Taken
from portal.rulebook.rulebook import Rulebook


@dataclass
class Gathering:
    """One claim seen by one actor at one moment, with what a form brings; looks things up once."""

    session: Session
    desk: Desk
    rulebook: Rulebook
    claim: Claim
    actor: Actor
    now: datetime
    answers: Answers | None = None
    taken: tuple[Taken, ...] = ()

    @cached_property
    def documents(self) -> list[ClaimDocument]:
        return [document for document in self.claim.documents if document.current]

    @cached_property
    def known_hashes(self) -> frozenset[str]:
        return frozenset(document.sha256 for document in self.claim.documents)

    @cached_property
    def rivals(self) -> list[Rival]:
        return rivals(self.session, self.claim, self.rulebook)

    @cached_property
    def clocks(self) -> dict[str, ClaimClock]:
        """The latest row of each clock."""
        return {row.clock: row for row in self.claim.clocks}

    @cached_property
    def repeated(self) -> int:
        """Documents identical to one of an earlier, closed claim of the organization (settled question 4)."""
        hashes = {document.sha256 for document in self.documents} | {taken.sha256 for taken in self.taken}
        if not hashes:
            return 0
        query = (
            select(func.count(func.distinct(ClaimDocument.sha256)))
            .join(Claim, Claim.id == ClaimDocument.claim_id)
            .where(
                ClaimDocument.sha256.in_(hashes),
                Claim.organization_id == self.claim.organization_id,
                Claim.closed,
                Claim.id != self.claim.id,
            )
        )
        return self.session.scalar(query) or 0

    @property
    def products_after(self) -> int:
        """How many products the form leaves on the claim; those of now where it does not touch them."""
        if self.answers is None or not (self.answers.has("product") or self.answers.has("products_shown")):
            return len(self.claim.products)
        # More than there are cannot be chosen; the field itself says which of them is not on the list.
        return min(len(set(self.answers.many("product"))), len(self.rulebook.programs.products))

    @cached_property
    def own_domain(self) -> str:
        return self.session.get_one(Organization, self.claim.organization_id).domain

    @cached_property
    def has_link(self) -> bool:
        """Whether a link is in force; for a customer, whether it is the very link they came by."""
        valid = exists().where(ConsentLink.claim_id == self.claim.id, ConsentLink.void_at.is_(None))
        if self.actor.link_id is not None:
            valid = valid.where(ConsentLink.id == self.actor.link_id)
        return bool(self.session.scalar(select(valid)))

    @cached_property
    def day_began_at(self) -> datetime:
        """The first moment of the day in the program's zone."""
        zone = ZoneInfo(self.rulebook.policy.time_zone)
        return datetime.combine(self.now.astimezone(zone).date(), time(), zone)

    @property
    def links_today(self) -> int:
        made = select(func.count()).where(
            ConsentLink.claim_id == self.claim.id, ConsentLink.created_at >= self.day_began_at
        )
        return self.session.scalar(made) or 0

    @property
    def comments_today(self) -> int:
        written = select(func.count()).where(
            ClaimComment.claim_id == self.claim.id,
            ClaimComment.person_id == self.actor.person_id,
            ClaimComment.at >= self.day_began_at,
        )
        return self.session.scalar(written) or 0

    @cached_property
    def since_request(self) -> dict[str, int]:
        """Groups changed and documents added since the open information request; zeros without one."""
        request = self.claim.requests[-1] if self.claim.requests else None
        submission = self.claim.submissions[-1] if self.claim.submissions else None
        if request is None or submission is None:
            return {"groups": 0, "documents": 0}
        now, then = compared(content_of(self.claim)), compared(submission.content)
        brought = {taken.sha256 for taken in self.taken} - self.known_hashes
        # What was taken out and put in again, under whatever name, is nothing new.
        before = {one.sha256 for one in self.claim.documents if one.added_at < request.at}
        added = {one.sha256 for one in self.documents} - before
        groups = self.rulebook.lifecycle.field_groups.values()
        changed = sum(any(now.get(name) != then.get(name) for name in group.fields) for group in groups)
        return {"groups": changed, "documents": len(added | brought)}

    @cached_property
    def subscriptions(self) -> Mapping[Claimed, tuple[SubscriptionReading, ...]]:
        """What is known of the subscriptions of the claim's products; nothing before a customer is chosen."""
        if self.claim.customer is None:
            return {}
        claimed = [(row.product, row.subscription_id) for row in self.claim.products]
        return subscriptions_of(self.session, self.claim.customer.tenant_id, claimed)
