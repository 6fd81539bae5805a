"""Which lines of earnings a search finds: by indexes, or line by line where it finds a great part of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import add
from typing import Self

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select, union_all
from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.claims.desk import Desk
from portal.claims.model import Claim, ClaimProduct
from portal.claims.queries import visible_to
from portal.claims.searching import plain
from portal.incentives.model import EarningClaimSum, EarningLine, EarningSum

# Behind every text that begins alike: no text holds this sign, which stands for none.
LAST_SIGN = "\U0010ffff"
# Where one line of so many is found, those of a page are met sooner by walking along the list than by
# gathering all that are found and putting them in order. Both read in proportion to what is found.
ONE_OF = 8


@dataclass(frozen=True)
class Search:
    """What somebody searches for: which lines count for it, of those that count and are theirs.

    `claims` selects the claims, by id, all of whose lines are found; `subscribed` are claims that name `text`
    as a subscription, and none of the former. `many` and `many_alone` say how lines are looked for, and never
    which are found.
    """

    organization_id: int | None
    text: str
    claims: Select[int]
    subscribed: Sequence[int]
    many: bool = False
    many_alone: bool = False

    @classmethod
    def begun(cls, session: Session, desk: Desk, actor: Actor, q: str) -> Self:
        """Return the search of `actor` for `q`, after asking the indexes how much it finds."""
        text = q.casefold()
        text = text.strip("{}") or text  # a tenant ID may be typed in braces
        own = select(Claim.id).where(Claim.organization_id == actor.organization_id)
        if actor.location_ids is not None:
            own = own.where(visible_to(desk, actor))
        # Who types the whole ID of a subscription is told what it earned, and not what the claim's other
        # products did. Part of one may as well be part of a number or a name, so it leaves nothing out.
        naming = select(ClaimProduct.claim_id).where(ClaimProduct.claim_id == Claim.id, _is_named(text))
        subscribed = session.scalars(own.where(naming.exists())).all()
        by_words = Claim.search_text.contains(plain(text), autoescape=True)
        claims = own.where(by_words, Claim.id.not_in(subscribed))
        search = cls(actor.organization_id, text, claims, subscribed)
        of_claims, alone, house = search._counted(session)
        return replace(search, many=(of_claims + alone) * ONE_OF > house, many_alone=alone * ONE_OF > house)

    def found(self) -> ColumnElement[bool]:
        """Return the condition of the lines that are found, of those of the organization.

        That these are its own is asked where they are looked for. Asked beside it once more, a database that
        knows little of its tables would rather walk through all lines of the organization.
        """
        of_claims = EarningLine.claim_id.in_(self.claims)
        if self.many:
            return and_(self._own(), _line_by_line(of_claims, *self._ways(), *self._by_subscription()))
        ids = select(EarningLine.id).where(EarningLine.live, of_claims)
        return EarningLine.id.in_(union_all(ids, *self._by_ways()))

    def found_alone(self) -> ColumnElement[bool]:
        """Return the condition of those of them whose claim is not found with all of its lines."""
        beside = EarningLine.claim_id.not_in(self.claims)
        if self.many_alone:
            return and_(self._own(), _line_by_line(*self._ways(), *self._by_subscription()), beside)
        return and_(EarningLine.id.in_(union_all(*self._by_ways())), beside)

    def _own(self) -> ColumnElement[bool]:
        return EarningLine.organization_id == self.organization_id

    def _counted(self, session: Session) -> Sequence[int]:
        """Return how many lines the claims have, how many are found by themselves, and how many there are."""
        of_claims = select(func.sum(EarningClaimSum.lines)).where(
            EarningClaimSum.organization_id == self.organization_id,
            EarningClaimSum.claim_id.in_(self.claims),
        )
        house = select(func.sum(EarningSum.lines)).where(EarningSum.organization_id == self.organization_id)
        counts = (select(func.count()).select_from(one.subquery()) for one in self._by_ways())
        alone = reduce(add, (count.scalar_subquery() for count in counts))
        row = session.execute(select(of_claims.scalar_subquery(), alone, house.scalar_subquery())).one()
        return [count or 0 for count in row]

    def _by_ways(self) -> list[Select[int]]:
        """Return a select for each way in which a line is found by what it says itself."""
        lines = select(EarningLine.id).where(EarningLine.live)
        # The claims that are subscribed are own ones.
        by_subscription = [lines.where(way) for way in self._by_subscription()]
        return [*(lines.where(self._own(), way) for way in self._ways()), *by_subscription]

    def _ways(self) -> list[ColumnElement[bool]]:
        """Return that an ID of a line begins with the text; there is an index for each."""
        line = EarningLine
        return [
            and_(column >= self.text, column < self.text + LAST_SIGN)  # an index knows ranges and no patterns
            for column in (line.subscription_id, line.payment_folded, line.line_folded)
        ]

    def _by_subscription(self) -> list[ColumnElement[bool]]:
        """Return that a line names no subscription and its claim names the text for its product."""
        if not self.subscribed:
            return []
        line = EarningLine
        of_claim = ClaimProduct.claim_id == line.claim_id, ClaimProduct.product == line.product
        of_product = select(ClaimProduct.id).where(*of_claim, _is_named(self.text)).exists()
        # There may be very many lines without a subscription, and few of the claims: by its length, the
        # index of subscriptions does not offer itself, and that of claims is taken.
        unnamed = func.length(line.subscription_id) == 0
        return [and_(line.claim_id.in_(self.subscribed), unnamed, of_product)]


def _is_named(text: str) -> ColumnElement[bool]:
    return func.lower(ClaimProduct.subscription_id) == text


def _line_by_line(*ways: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return `ways` as one condition that no index answers: lines are read in the order of the list."""
    return case((or_(false(), *ways), 1), else_=0) == 1
