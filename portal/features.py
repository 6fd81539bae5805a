"""What the portal is made of: the routes of every feature, the menu, and what their forms and pages are."""

from flask import Blueprint

from portal.accounts.kept_views import blueprint as kept_forms
from portal.accounts.organization_views import blueprint as organizations
from portal.accounts.password_views import blueprint as passwords
from portal.accounts.people_views import blueprint as people
from portal.accounts.profile_views import blueprint as profile
from portal.accounts.views import blueprint as accounts
from portal.claims.preview_views import blueprint as previews
from portal.claims.selection_views import blueprint as selection
from portal.claims.template_views import blueprint as poe_template
from portal.claims.views import blueprint as claims
from portal.claims.why_views import blueprint as why
from portal.consent.views import blueprint as consent
from portal.deliveries.views import blueprint as deliveries
from portal.imports.views import blueprint as imports
from portal.incentives.views import blueprint as incentives
from portal.languages.sentences import lazy_gettext
from portal.notices.mail_views import blueprint as mail_choices
from portal.notices.views import blueprint as notices
from portal.proof.views import blueprint as proof
from portal.reports.views import blueprint as reports
from portal.reviews.competing_views import blueprint as competing
from portal.reviews.second_views import blueprint as second_reviews
from portal.reviews.views import blueprint as reviews
from portal.saved_views.views import blueprint as saved_views
from portal.web.navigation import Entry
from portal.workbench.views import blueprint as policies_pages

PRODUCT_NAME = lazy_gettext("Customer claims")
NAVIGATION = (
    Entry(lazy_gettext("Incentives"), lazy_gettext("Customer claims"), "/claims", ("claims.read",)),
    Entry(lazy_gettext("Incentives"), lazy_gettext("Earnings"), "/earnings", ("earnings.read",)),
    Entry(lazy_gettext("Incentives"), lazy_gettext("Reviews"), "/reviews", ("reviews.read",)),
    Entry(lazy_gettext("Incentives"), lazy_gettext("Notices"), "/notices", ("claims.read", "reviews.read")),
    Entry("", lazy_gettext("Reports"), "/reports", ("reports.read",)),
    Entry("", lazy_gettext("Policy"), "/policy", ("policy.read",)),
    Entry(lazy_gettext("Administration"), lazy_gettext("People"), "/people", ("people.manage",)),
    Entry(
        lazy_gettext("Administration"),
        lazy_gettext("Organizations"),
        "/organizations",
        ("organizations.manage",),
    ),
    Entry(lazy_gettext("Administration"), lazy_gettext("Imports"), "/imports", ("imports.manage",)),
    Entry(lazy_gettext("Administration"), lazy_gettext("Deliveries"), "/deliveries", ("deliveries.manage",)),
)
FEATURES: tuple[Blueprint, ...] = (
    accounts,
    kept_forms,
    passwords,
    people,
    organizations,
    profile,
    claims,
    selection,
    saved_views,
    previews,
    why,
    poe_template,
    incentives,
    reviews,
    reports,
    proof,
    competing,
    second_reviews,
    notices,
    mail_choices,
    consent,
    policies_pages,
    deliveries,
    imports,
)

# Read by people outside, in all languages of portal/languages/offered.py; the other pages are in those alone
# whose interface is translated.
TRANSLATED = (consent.name,)

# The routes whose forms are kept where the session ended before they were sent; none takes a password.
KEPT = (
    "claims.act",
    "claims.create_claim",
    "reviews.act",
    "competing.act",
    "second_reviews.give",
    "people.invite",
    "people.access",
    "organizations.add",
    "organizations.rename",
    "organizations.add_location",
    "organizations.change_location",
    "imports.add",
)
