"""The lifecycle of product.md on one page, written a second time and naively, to hold the portal against."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays

ZONE = ZoneInfo("America/Los_Angeles")
NOT_DISPUTABLE = {"partner_request", "disassociated"}
OPEN = {"submitted", "under_review", "partner_action_required", "dispute"}
PARTNER, REVIEWER, CUSTOMER = "partner", "reviewer", "customer"

# action: (who, {from: to})
MOVES = {
    "edit": (PARTNER, {"draft": "draft", "partner_action_required": "partner_action_required"}),
    "submit": (PARTNER, {"draft": "submitted"}),
    "start_review": (REVIEWER, {"submitted": "under_review"}),
    "approve": (REVIEWER, {"under_review": "approved"}),
    "reject": (REVIEWER, {"under_review": "rejected"}),
    "request_information": (REVIEWER, {"under_review": "partner_action_required"}),
    "resubmit": (PARTNER, {"partner_action_required": "submitted"}),
    "dispute": (PARTNER, {"rejected": "dispute"}),
    "approve_dispute": (REVIEWER, {"dispute": "approved"}),
    "deny_dispute": (REVIEWER, {"dispute": "rejected_final"}),
    "decline": (CUSTOMER, {"approved": "rejected"}),
    "agree": (CUSTOMER, {"approved": "approved", "dispute": "dispute"}),
    "disassociate": (PARTNER, {"approved": "rejected_final"}),
    "request_rejection": (
        PARTNER,
        {
            "submitted": "rejected",
            "under_review": "rejected",
            "partner_action_required": "rejected",
            "dispute": "rejected_final",
        },
    ),
    "settle": (REVIEWER, {"under_review": "approved", "dispute": "approved", "approved": "approved"}),
    "send_consent_link": (PARTNER, {"approved": "approved", "dispute": "dispute"}),
    "comment": (PARTNER, {s: s for s in (*OPEN, "approved", "rejected")}),
}
REASONS = {
    "reject": "insufficient_poe",
    "deny_dispute": "insufficient_poe",
    "decline": "customer_declined",
    "disassociate": "disassociated",
    "request_rejection": "partner_request",
}
BUSINESS_DAYS = {"partner_action_required": 14}
DECIDE_DISPUTES = ("approve_dispute", "deny_dispute", "settle")
LINKS_A_DAY, COMMENTS_A_DAY = 3, 40
REVIEWERS = ("reviewer@operator.example", "reviewer2@operator.example", "reviewer3@operator.example")


@dataclass
class Model:
    """One claim. `ends` is the moment at which its running clock that moves or closes it has ended."""

    status: str = "draft"
    disputes: int = 0
    reasons: set[str] = field(default_factory=set)
    ends: datetime | None = None
    window_over: bool = False
    declined: bool = False  # and not agreed since
    link: bool = False
    links: list[date] = field(default_factory=list)  # the day of each link that was made
    comments: list[date] = field(default_factory=list)
    reviewer: str | None = None  # the e-mail of whom the claim is with
    parts: set[str] = field(default_factory=set)  # of whoever moved the claim, or settled for or against it

    @property
    def without_part(self) -> set[str]:
        return set(REVIEWERS) - self.parts

    def is_left_to_another(self, who: str) -> bool:
        """Tell whether the claim's dispute is for somebody else, who is there, to decide."""
        another = self.reviewer is not None or bool(self.without_part)
        return self.status == "dispute" and who in self.parts and who != self.reviewer and another

    @property
    def disputable(self) -> bool:
        return self.disputes < 1 and not self.reasons & NOT_DISPUTABLE

    @property
    def closed(self) -> bool:
        return self.status == "rejected_final" or (
            self.status == "rejected" and (not self.disputable or self.window_over)
        )

    def pass_time(self, now: datetime) -> None:
        """Apply the end that is due: no answer rejects, a dispute window closes."""
        if self.ends is None or now < self.ends:
            return
        ended, self.ends = self.status, None
        if ended == "partner_action_required":
            self.enter("rejected", now, "no_partner_response")
        else:
            self.window_over = True

    def why_not(self, action: str, now: datetime, rival: "Model", who: str) -> set[str]:
        """Return the codes of why `action` is refused to `who` while `rival` claims the same unit."""
        by, moves = MOVES[action]
        if self.status == "draft" and by == REVIEWER:
            return {"not_there"}  # reviewers know no claim that was never submitted
        rules = {
            "wrong_status": self.status not in moves,
            "decided_before": action in DECIDE_DISPUTES and self.is_left_to_another(who),
            **self.rules_of(now, rival, who).get(action, {}),
        }
        return {code for code, holds in rules.items() if holds}

    def rules_of(self, now: datetime, rival: "Model", who: str) -> dict[str, dict[str, bool]]:
        """Return by an action which of its own rules hold."""
        competing = rival.status in OPEN or rival.status == "approved"
        disputed, rejected = self.status == "dispute", self.status == "rejected"
        about_a_decline = "customer_declined" in self.reasons
        declines = disputed and about_a_decline and self.declined
        return {
            "approve": {"held_by_another": competing},
            "approve_dispute": {"held_by_another": competing, "customer_still_declines": declines},
            "settle": {
                "nothing_to_settle": not competing,
                "customer_still_declines": declines,
                "rival_decided_before": rival.is_left_to_another(who),
            },
            "resubmit": {"answer_too_late": rejected and "no_partner_response" in self.reasons},
            "dispute": {
                "dispute_already_used": self.disputes > 0,
                "reason_not_disputable": bool(self.reasons & NOT_DISPUTABLE),
                "dispute_window_ended": self.window_over,
            },
            "comment": {
                "closed_for_comments": rejected and self.closed,
                "comments_today": self.comments.count(today(now)) >= COMMENTS_A_DAY,
            },
            "send_consent_link": {
                "links_sent_today": self.links.count(today(now)) >= LINKS_A_DAY,
                "nothing_to_ask": disputed and not about_a_decline,
                "agreed_since": disputed and about_a_decline and not self.declined,
            },
            "agree": {"no_valid_link": not self.link},
            "decline": {"no_valid_link": not self.link},
        }

    def why_not_handed_to(self, chosen: str) -> set[str]:
        """Return why the claim, or its dispute, may not go to the reviewer `chosen`."""
        if self.status == "draft":
            return {"not_there"}
        why = set() if self.status in ("submitted", "under_review", "dispute") else {"wrong_status"}
        why |= {"reviewer_is_assigned"} if chosen == self.reviewer else set()
        why |= {"reviewer_had_part"} if self.status == "dispute" and chosen in self.parts else set()
        return why

    def do(self, action: str, now: datetime, rival: "Model", who: str) -> None:
        """Carry out an action that is not refused."""
        if action == "start_review":
            self.reviewer = who
        if action == "dispute":
            self.disputes += 1
        if action in ("agree", "decline"):
            self.declined = action == "decline"
        if action == "send_consent_link":
            self.link = True
            self.links.append(today(now))
        if action == "comment":
            self.comments.append(today(now))
        if action == "settle" and (rival.status in OPEN or rival.status == "approved"):
            final = rival.status == "dispute"
            self.parts.add(who)
            rival.parts.add(who)
            rival.enter("rejected_final" if final else "rejected", now, "competing_association")
        target = MOVES[action][1][self.status]
        if target != self.status:
            self.parts.add(who)
            self.enter(target, now, REASONS.get(action))

    def enter(self, status: str, now: datetime, reason: str | None = None) -> None:
        """Enter `status`, with the clock it starts and the link it keeps or voids."""
        self.status, self.ends, self.window_over = status, None, False
        if reason:
            self.reasons = {reason}
        if status == "approved":
            self.link = True
            self.links.append(today(now))
        elif status != "dispute":
            self.link = False
        if status in BUSINESS_DAYS:
            self.ends = end_of_day(business_day(now, BUSINESS_DAYS[status]))
        elif status == "rejected" and self.disputable:
            self.ends = end_of_day(now.astimezone(ZONE).date() + timedelta(days=30))


def today(now: datetime) -> date:
    return now.astimezone(ZONE).date()


def end_of_day(day: date) -> datetime:
    """The first moment after `day` in the program's zone."""
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), ZONE)


def last_day(ends: datetime) -> date:
    """The day after which it has ended."""
    return (ends - timedelta(microseconds=1)).astimezone(ZONE).date()


def business_day(now: datetime, count: int) -> date:
    """The `count`-th business day after today, one day at a time."""
    free = holidays.country_holidays("US")
    day = now.astimezone(ZONE).date()
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5 and day not in free
    return day
