"""The page of earnings: what an organization earned, how far its payment has come, and for which claims."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.claims.desk import Desk
from portal.incentives.earning_filters import Wanted
from portal.incentives.earning_queries import Sum, page_of, search_of, sums
from portal.incentives.model import EarningLine
from portal.languages.sentences import gettext, month
from portal.paging import NoSuchPlace, place_lost
from portal.rulebook.rulebook import Rulebook

# Months shown beside each other: a year is compared at a glance, and the filter reaches the others.
MONTHS_AT_MOST = 12


@dataclass(frozen=True)
class Part:
    """What one month, engagement, product or status came to. `share` is percent of the largest."""

    code: str
    label: str
    amount: int
    lines: int
    share: int


@dataclass(frozen=True)
class Totals:
    """What was earned in one currency, in its smallest unit; `made_of` is (heading, filter, parts)."""

    currency: str
    amount: int
    lines: int
    made_of: tuple[tuple[str, str, tuple[Part, ...]], ...]


@dataclass(frozen=True)
class Shown:
    """One line with what its codes are called."""

    line: EarningLine
    number: str
    customer: str
    product: str
    engagement: str
    lever: str
    status: str
    tone: str
    reason: str  # why it is not paid, "" where nothing keeps it
    next_step: str

    @property
    def paid_on(self) -> date | None:
        """The day of its payment, None where it is not paid."""
        return date.fromisoformat(self.line.paid_on) if self.line.paid_on else None


@dataclass(frozen=True)
class Earnings:
    """The page. `totals` has one entry a currency, the largest number of lines first."""

    wanted: Wanted
    totals: tuple[Totals, ...]
    lines: tuple[Shown, ...]
    after: str
    before: str
    notices: tuple[str, ...]
    choices: Mapping[str, tuple[tuple[str, str], ...]]


def earnings(session: Session, desk: Desk, actor: Actor, given: Mapping[str, str]) -> Earnings:
    """Return the page that the address parameters `given` ask for; nothing in them raises."""
    rulebook = desk.policies.in_force()
    wanted, notices = Wanted.read(given, rulebook), []
    size = desk.settings.claims_per_page
    search = search_of(session, desk, actor, wanted)
    try:
        page = page_of(session, desk, actor, wanted, search, size)
    except NoSuchPlace:
        notices.append(place_lost())
        wanted = Wanted.read({**given, "after": "", "before": ""}, rulebook)
        page = page_of(session, desk, actor, wanted, search, size)
    added = sums(session, desk, actor, wanted, search)
    return Earnings(
        wanted=wanted,
        totals=tuple(_totals(added, rulebook)),
        lines=tuple(shown(rulebook, line) for (line,) in page.rows),
        after=page.after,
        before=page.before,
        notices=tuple(notices),
        choices=_choices(rulebook),
    )


def shown(rulebook: Rulebook, line: EarningLine) -> Shown:
    """Return a line in words."""
    words, claim = rulebook.incentives, line.claim
    status = words.payment_statuses.get(line.payment_status)
    reason = words.payment_reasons.get(line.reason)
    lever = words.levers.get(line.lever)
    engagement = rulebook.programs.engagements.get(line.engagement)
    return Shown(
        line=line,
        number=claim.number,
        customer=claim.customer.name if claim.customer else "",
        product=rulebook.programs.product_label(line.product),
        engagement=engagement.label if engagement else line.engagement,
        lever=lever.label if lever else line.lever,
        status=status.label if status else line.payment_status,
        tone=status.tone if status else "neutral",
        reason=reason.label if reason else line.reason,
        next_step=reason.next_step if reason else "",
    )


def _totals(added: list[Sum], rulebook: Rulebook) -> list[Totals]:
    currencies = sorted({one.currency for one in added})
    made = [
        _of_currency(code, [one for one in added if one.currency == code], rulebook) for code in currencies
    ]
    return sorted(made, key=lambda one: (-one.lines, one.currency))


def _of_currency(currency: str, added: list[Sum], rulebook: Rulebook) -> Totals:
    programs, words = rulebook.programs, rulebook.incentives
    statuses = {code: row.label for code, row in words.payment_statuses.items()}
    engagements = {code: row.label for code, row in programs.engagements.items()}
    products = {code: row.label for code, row in programs.products.items()}
    return Totals(
        currency=currency,
        amount=sum(one.amount for one in added),
        lines=sum(one.lines for one in added),
        made_of=(
            (gettext("By status of the payment"), "status", _parts(added, lambda one: one.status, statuses)),
            (_by_month(added), "month", _months(added)),
            (gettext("By engagement"), "engagement", _parts(added, lambda one: one.engagement, engagements)),
            (gettext("By product"), "product", _parts(added, lambda one: one.product, products)),
        ),
    )


def _by_month(added: list[Sum]) -> str:
    """Return the heading of the months, which come to less than the whole where there are too many."""
    if len({one.month for one in added}) > MONTHS_AT_MOST:
        return gettext("By month, the last %(count)s", count=MONTHS_AT_MOST)
    return gettext("By month")


def _months(added: list[Sum]) -> tuple[Part, ...]:
    parts = _parts(added, lambda one: one.month, {one.month: month(one.month) for one in added})
    return tuple(sorted(parts, key=lambda part: part.code, reverse=True)[:MONTHS_AT_MOST])


def _parts(added: list[Sum], of: Callable[[Sum], str], labels: Mapping[str, str]) -> tuple[Part, ...]:
    """Return what the sums come to by what `of` says, in the order of `labels`, then those it lacks."""
    amounts: dict[str, int] = {}
    lines: dict[str, int] = {}
    for one in added:
        amounts[of(one)] = amounts.get(of(one), 0) + one.amount
        lines[of(one)] = lines.get(of(one), 0) + one.lines
    largest = max((abs(amount) for amount in amounts.values()), default=0) or 1
    codes = [code for code in labels if code in amounts] + sorted(set(amounts) - set(labels))
    return tuple(
        Part(code, labels.get(code, code), amounts[code], lines[code], abs(amounts[code]) * 100 // largest)
        for code in codes
    )


def _choices(rulebook: Rulebook) -> Mapping[str, tuple[tuple[str, str], ...]]:
    programs, words = rulebook.programs, rulebook.incentives
    return {
        "status": tuple((code, row.label) for code, row in words.payment_statuses.items()),
        "engagement": tuple((code, row.label) for code, row in programs.engagements.items()),
        "product": tuple((code, row.label) for code, row in programs.products.items()),
    }
