"""Every report that there is, in the order of the page."""

from portal.languages.sentences import lazy_gettext
from portal.reports.agreement import READ, agreement, disagreements
from portal.reports.over_time import claims_over_time
from portal.reports.radars import forfeits, renewals
from portal.reports.reasons import reasons_by_product
from portal.reports.shapes import Kind

KINDS = {
    kind.code: kind
    for kind in (
        Kind(
            "claims-over-time",
            lazy_gettext("Claims by status over time"),
            lazy_gettext("How many claims were in each status when each month ended."),
            claims_over_time,
            lazy_gettext("No claim was begun in the last twelve months."),
        ),
        Kind(
            "reasons",
            lazy_gettext("Reasons for rejections and requests"),
            lazy_gettext("Why claims were rejected or asked about, and for which products."),
            reasons_by_product,
            lazy_gettext("No claim was rejected or asked about so far."),
        ),
        Kind(
            "renewals",
            lazy_gettext("Renewals"),
            lazy_gettext(
                "Associations whose subscription ends within 90 days: talk with the customer, and "
                "claim anew what they renew."
            ),
            renewals,
            lazy_gettext("No association has a known subscription that ends within 90 days."),
        ),
        Kind(
            "forfeits",
            lazy_gettext("About to be lost"),
            lazy_gettext(
                "Claims whose time to act ends within 30 days, and drafts that nobody has touched "
                "for as long."
            ),
            forfeits,
            lazy_gettext("Nothing runs out within 30 days, and no draft lies idle."),
        ),
        Kind(
            "agreement",
            lazy_gettext("Reviewers’ agreement"),
            lazy_gettext("How often a second reviewer, who did not know the decision, came to the same one."),
            agreement,
            lazy_gettext("No decision was drawn to be judged a second time in the last twelve months."),
            READ,
        ),
        Kind(
            "disagreements",
            lazy_gettext("Where reviewers disagree"),
            lazy_gettext("Decisions that the second reviewer would not have made, the newest first."),
            disagreements,
            lazy_gettext("No second reviewer has disagreed with a decision so far."),
            READ,
        ),
    )
}
