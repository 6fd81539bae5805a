"""Every report that there is, in the order of the page, and which of them somebody is offered."""

from collections.abc import Mapping
from dataclasses import replace

from portal.accounts.actor import Actor
from portal.claims.desk import Desk
from portal.languages.sentences import lazy_gettext, number
from portal.reports.agreement import READ, agreement, disagreements
from portal.reports.declines import declines
from portal.reports.disputed import disputes
from portal.reports.first_pass import first_pass
from portal.reports.missed import missed
from portal.reports.months import MONTHS
from portal.reports.over_time import claims_over_time
from portal.reports.radars import FORFEIT_DAYS, IDLE_DAYS, RENEWAL_DAYS, forfeits, renewals
from portal.reports.reasons import reasons_by_organization, reasons_by_product
from portal.reports.scope import READ_ALL
from portal.reports.shapes import Kind
from portal.reports.staying import time_in_status

KINDS = (
    Kind(
        "claims-over-time",
        lazy_gettext("Claims by status over time"),
        lazy_gettext("How many claims were in each status when each month ended."),
        claims_over_time,
        lazy_gettext("No claim was begun in the last %(months)s months."),
        how=lazy_gettext(
            "Each claim counts once a month, in the status that it was in when the month ended; the running "
            "month ends today. Deleted drafts no longer count."
        ),
    ),
    Kind(
        "first-pass",
        lazy_gettext("Approved at the first pass"),
        lazy_gettext("How many of the claims that were decided needed only one look."),
        first_pass,
        lazy_gettext("No claim was decided in the last %(months)s months."),
        how=lazy_gettext(
            "Each claim counts once, in the month of its first decision. The first pass means that nothing "
            "was asked and nothing rejected before the approval. A rejection counts whoever gave it: a "
            "reviewer, a settlement, or the end of the time to answer. Claims that the partner withdrew "
            "before are not counted. The rate is the first pass among all claims decided."
        ),
    ),
    Kind(
        "time-in-status",
        lazy_gettext("Time in each status"),
        lazy_gettext("How long claims wait, and how often longer than their deadline."),
        time_in_status,
        lazy_gettext("No claim was under way in the last %(months)s months."),
        how=lazy_gettext(
            "Each stay of a claim in a status in which it is under way counts, if it ended in the last "
            "%(months)s months or still lasts; a claim that came back to a status stays in it twice. Days "
            "are those of the calendar, weekends included: half of the stays that ended took no longer than "
            "the median. Whether a stay ended in time is told by the deadline that was stored when it began, "
            "extensions included."
        ),
    ),
    Kind(
        "deadlines-missed",
        lazy_gettext("Deadlines missed"),
        lazy_gettext("How many deadlines were met, and who missed the others."),
        missed,
        lazy_gettext("No deadline was met or missed in the last %(months)s months."),
        how=lazy_gettext(
            "Each deadline of a claim under way counts once. It was met if the claim moved on before its "
            "end, and counts in that month; else it was missed, and counts in the month of its last day. "
            "Whoever had to act until then missed it. Times after which nobody is late, such as the time to "
            "dispute, are not counted."
        ),
    ),
    Kind(
        "reasons",
        lazy_gettext("Reasons for rejections and requests"),
        lazy_gettext("Why claims were rejected or asked about, and for which products."),
        reasons_by_product,
        lazy_gettext("No claim was rejected or asked about so far."),
        how=lazy_gettext(
            "Each reason counts as often as it was given, also where one claim was given it twice. In the "
            "table it counts for each product that the claim has now; in the bars it counts once."
        ),
    ),
    Kind(
        "reasons-by-organization",
        lazy_gettext("Reasons by organization"),
        lazy_gettext("Why claims were rejected or asked about, and of which organizations."),
        reasons_by_organization,
        lazy_gettext("No claim was rejected or asked about so far."),
        how=lazy_gettext(
            "Each reason counts as often as it was given to a claim of the organization, so an organization "
            "with many claims has many. Only the operator sees this report."
        ),
        permission=READ_ALL,
    ),
    Kind(
        "disputes",
        lazy_gettext("Disputes and their outcomes"),
        lazy_gettext("How many rejections were disputed, and what came of it."),
        disputes,
        lazy_gettext("No rejection was disputed in the last %(months)s months."),
        how=lazy_gettext(
            "Each dispute counts in the month in which it was begun, by what came of it until today. The "
            "claim was approved after all, or the dispute was denied by a reviewer or a settlement, or the "
            "partner withdrew the claim. The share approved is that among the disputes that were approved "
            "or denied."
        ),
    ),
    Kind(
        "declines",
        lazy_gettext("Answers of customers"),
        lazy_gettext("How many approved associations the customers declined."),
        declines,
        lazy_gettext("No claim was approved in the last %(months)s months."),
        how=lazy_gettext(
            "Each approval counts in its month, by the last answer that the customer gave before the "
            "association ended. A customer need not answer. A claim that was approved again after a dispute "
            "counts again, for the customer is asked again."
        ),
    ),
    Kind(
        "renewals",
        lazy_gettext("Renewals"),
        lazy_gettext(
            "Associations whose subscription ends within %(renewal_days_at_most)s days: talk with the "
            "customer, and claim anew what they renew."
        ),
        renewals,
        lazy_gettext(
            "No association has a known subscription that ends within %(renewal_days_at_most)s days."
        ),
        how=lazy_gettext(
            "Each subscription of an active association is a row, with the end that was reported for the "
            "newest day, in whatever order the reports were imported. The picture counts each claim once, "
            "where the first of its subscriptions ends."
        ),
        values=(RENEWAL_DAYS,),
    ),
    Kind(
        "forfeits",
        lazy_gettext("About to be lost"),
        lazy_gettext(
            "Claims whose time to act ends within %(forfeit_days_at_most)s days, and drafts that nobody has "
            "touched for %(idle_draft_days_at_least)s days."
        ),
        forfeits,
        lazy_gettext(
            "Nothing runs out within %(forfeit_days_at_most)s days, and no draft lies idle for "
            "%(idle_draft_days_at_least)s days."
        ),
        how=lazy_gettext(
            "Each deadline that runs and waits for the partner is a row, the earliest first; drafts follow. "
            "The picture counts each claim once."
        ),
        values=(FORFEIT_DAYS, IDLE_DAYS),
    ),
    Kind(
        "agreement",
        lazy_gettext("Reviewers’ agreement"),
        lazy_gettext("How often a second reviewer, who did not know the decision, came to the same one."),
        agreement,
        lazy_gettext("No decision was drawn to be judged a second time in the last %(months)s months."),
        how=lazy_gettext(
            "Each decision that was drawn counts in the month in which it was made. The agreement is the "
            "share with the same opinion among those that were judged twice."
        ),
        permission=READ,
    ),
    Kind(
        "disagreements",
        lazy_gettext("Where reviewers disagree"),
        lazy_gettext("Decisions that the second reviewer would not have made, the newest first."),
        disagreements,
        lazy_gettext("No second reviewer has disagreed with a decision so far."),
        how=lazy_gettext(
            "Each row leads to both opinions. The decision stands whatever the second reviewer thought of it."
        ),
        permission=READ,
    ),
)


def offered(desk: Desk, actor: Actor) -> Mapping[str, Kind]:
    """Return the reports that the actor may read, by code, with the policy's values in their sentences."""
    rulebook = desk.policies.in_force()
    permissions = rulebook.permissions_of(actor.roles)
    given = {"months": MONTHS, **rulebook.vocabulary.values}
    values = {name: number(value) for name, value in given.items() if isinstance(value, int)}
    return {
        kind.code: _filled(kind, values)
        for kind in KINDS
        if kind.permission in ("", *permissions) and all(name in values for name in kind.values)
    }


def _filled(kind: Kind, values: Mapping[str, str]) -> Kind:
    return replace(kind, lead=kind.lead % values, empty=kind.empty % values, how=kind.how % values)
