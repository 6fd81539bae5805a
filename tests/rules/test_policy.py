"""The policy itself: it loads, says what was settled, and every rule of it has an example."""

import re
from pathlib import Path

import pytest

from portal.rulebook.examples import run
from portal.rulebook.loading import load, read_folder
from portal.rulebook.models import Transition
from portal.rulebook.rulebook import Rulebook
from portal.rulebook.translations import missing_translations

RULES = Path(__file__).parents[2] / "rules"
OPEN = ("submitted", "under_review", "partner_action_required", "dispute")

# Every transition of the settled table with all its moves; T1c, T21 and T22 are not part of it yet.
TRANSITIONS = {
    "create": {"new": "draft"},  # T1
    "edit": {"draft": "draft", "partner_action_required": "partner_action_required"},  # T0
    "delete_draft": {"draft": "gone"},  # T1d
    "copy": {"rejected": "rejected", "rejected_final": "rejected_final"},  # T1c
    "submit": {"draft": "submitted"},  # T2
    "start_review": {"submitted": "under_review"},  # T3
    "approve": {"under_review": "approved"},  # T4
    "reject": {"under_review": "rejected"},  # T5
    "request_information": {"under_review": "partner_action_required"},  # T6
    "remove_products": {"partner_action_required": "partner_action_required"},  # T6, accepted
    "resubmit": {"partner_action_required": "submitted"},  # T7
    "no_response": {"partner_action_required": "rejected"},  # T8
    "dispute": {"rejected": "dispute"},  # T9
    "approve_dispute": {"dispute": "approved"},  # T10
    "deny_dispute": {"dispute": "rejected_final"},  # T11
    "decline": {"approved": "rejected"},  # T12
    "disassociate": {"approved": "rejected_final"},  # T13
    "request_rejection": {  # T14
        "submitted": "rejected",
        "under_review": "rejected",
        "partner_action_required": "rejected",
        "dispute": "rejected_final",
    },
    "consent_window_ends": {"approved": "approved"},  # T15
    "assess_again": {"approved": "approved"},  # T15, after an import
    "settle": {"under_review": "approved", "dispute": "approved", "approved": "approved"},  # T16
    "lose_settlement": {  # T16
        "submitted": "rejected",
        "under_review": "rejected",
        "partner_action_required": "rejected",
        "approved": "rejected",
        "dispute": "rejected_final",
    },
    "comment": {status: status for status in (*OPEN, "approved", "rejected")},  # T17
    "pickup_overdue": {"submitted": "submitted"},  # T18
    "review_overdue": {"under_review": "under_review"},  # T18
    "dispute_review_overdue": {"dispute": "dispute"},  # T18
    "agree": {"approved": "approved", "dispute": "dispute"},  # T19
    "dispute_window_ends": {"rejected": "rejected"},  # T20
    "reassign": {status: status for status in ("submitted", "under_review", "dispute")},  # T21
    "extend": {status: status for status in (*OPEN, "approved", "rejected")},  # T22
    "send_consent_link": {"approved": "approved", "dispute": "dispute"},  # T23
}
BY = {
    "system": {
        "no_response",
        "lose_settlement",
        "consent_window_ends",
        "assess_again",
        "dispute_window_ends",
        "pickup_overdue",
        "review_overdue",
        "dispute_review_overdue",
    },
    "customer": {"agree", "decline"},
}
CLOCKS = {  # status, length, end
    "pickup": ("submitted", "5 business days", "pickup_overdue"),
    "review": ("under_review", "14 business days", "review_overdue"),
    "partner_response": ("partner_action_required", "14 business days", "no_response"),
    "dispute_window": ("rejected", "30 calendar days", "dispute_window_ends"),
    "dispute_review": ("dispute", "5 business days", "dispute_review_overdue"),
    "consent_window": ("approved", "7 calendar days", "consent_window_ends"),
}
LABELS = [
    "Draft",
    "Submitted",
    "Under review",
    "Partner action required",
    "Approved",
    "Rejected",
    "Dispute",
    "Rejected final",
]
DISPUTABLE = {
    "insufficient_poe": True,
    "missing_customer_consent": True,
    "missing_products": True,
    "poe_unavailable": True,
    "customer_declined": True,
    "no_partner_response": True,
    "competing_association": True,
    "partner_request": False,
    "disassociated": False,
}


@pytest.fixture(scope="module")
def policy() -> Rulebook:
    return load(read_folder(RULES))


def entered(transition: Transition) -> set[str]:
    """Return the statuses that a transition enters; one that stays where it is enters none."""
    return {after for before, after in transition.moves.items() if before != after}


def test_every_example_comes_out_and_every_rule_has_one(policy: Rulebook) -> None:
    report = run(policy)
    assert [f"{example.name}: {why}" for example, why in report.failed] == []
    assert [str(rule) for rule in report.uncovered_rules] == []


def test_every_transition_of_the_table_is_there_with_its_moves(policy: Rulebook) -> None:
    assert {name: transition.moves for name, transition in policy.transitions.items()} == TRANSITIONS


def test_the_portal_and_the_customer_do_only_what_is_theirs(policy: Rulebook) -> None:
    for who, names in BY.items():
        assert {name for name, one in policy.transitions.items() if one.by == who} == names


def test_statuses_bear_the_labels_of_the_source(policy: Rulebook) -> None:
    assert sorted(status.label for status in policy.statuses.values()) == sorted(LABELS)


def test_nothing_leaves_rejected_final(policy: Rulebook) -> None:
    left = {
        one.moves["rejected_final"] for one in policy.transitions.values() if "rejected_final" in one.moves
    }
    assert left == {"rejected_final"}  # a new claim is begun from it (T1c); the claim itself stays


def test_clocks_run_for_the_settled_lengths(policy: Rulebook) -> None:
    found = {name: (clock.while_, clock.length, clock.at_end) for name, clock in policy.clocks.items()}
    assert found == CLOCKS
    assert policy.clocks["dispute_window"].starts == "told"


def test_a_claim_is_disputed_once(policy: Rulebook) -> None:
    assert policy.vocabulary.values["disputes_at_most"] == 1


def test_reasons_are_disputable_as_settled(policy: Rulebook) -> None:
    found = {code: reason.disputable for code, reason in policy.reasons.rejection_reasons.items()}
    assert found == DISPUTABLE
    assert set(policy.catalog_codes("reviewer_reasons")) == {
        "insufficient_poe",
        "missing_customer_consent",
        "missing_products",
        "poe_unavailable",
    }
    assert set(policy.catalog_codes("denial_reasons")) == {code for code, may in DISPUTABLE.items() if may}


def test_only_the_settled_fields_are_open(policy: Rulebook) -> None:
    groups = policy.lifecycle.field_groups
    editable = {
        name: {field for group in status.editable for field in groups[group].fields}
        for name, status in policy.statuses.items()
        if status.editable
    }
    asked_again = {
        "location",
        "products",
        "customer_contact",
        "technical_contact",
        "own_contact",
        "documents",
        "commentary",
    }
    assert editable == {
        "draft": asked_again | {"customer", "activity", "name"},
        "partner_action_required": asked_again,
    }


# What one of them does besides, with many claims at once; with one claim all three may do the same.
BESIDES = {"claims.bulk"}


def test_the_three_partner_roles_do_the_same_with_claims(policy: Rulebook) -> None:
    with_claims = {
        role: {one for one in policy.permissions_of([role]) if one.startswith("claims.")} - BESIDES
        for role in policy.roles.roles
        if policy.side_of(role) == "partner"
    }
    assert set(with_claims) == {"billing_admin", "global_admin", "incentives_admin"}
    assert len({frozenset(permissions) for permissions in with_claims.values()}) == 1


def test_policy_owners_and_partners_decide_nothing(policy: Rulebook) -> None:
    deciding = {role for role in policy.roles.roles if "reviews.decide" in policy.permissions_of([role])}
    assert deciding == {"reviewer"}


def test_every_permission_is_given_to_somebody(policy: Rulebook) -> None:
    assert set(policy.roles.permissions) == policy.permissions_of(policy.roles.roles)


def test_every_rule_names_its_source_or_says_that_it_was_decided(policy: Rulebook) -> None:
    lifecycle = policy.lifecycle
    rules = [rule for guard in lifecycle.guards.values() for rule in guard]
    rules += [rule for transition in lifecycle.transitions.values() for rule in transition.refuse]
    assert not [rule.id for rule in rules if not rule.source and not rule.decided]
    assert not [name for name, one in lifecycle.transitions.items() if not one.source and not one.decided]
    assert not [name for name, clock in policy.clocks.items() if not clock.source and not clock.decided]


def test_a_refusal_that_nothing_can_change_offers_another_action(policy: Rulebook) -> None:
    offered = {
        rule.id: rule.instead
        for rules in (*policy.lifecycle.guards.values(), *(one.refuse for one in policy.transitions.values()))
        for rule in rules
        if rule.instead
    }
    assert offered == {
        "held_by_another": "settle",
        "held_by_own_claim": "settle",
        "customer_still_declines": "deny_dispute",
        "dispute_already_used": "create",
        "reason_not_disputable": "create",
        "dispute_window_ended": "create",
        "closed_for_comments": "create",
        "can_still_be_disputed": "dispute",
    }


def test_entering_a_status_is_always_told(policy: Rulebook) -> None:
    silent = {
        name
        for name, one in policy.transitions.items()
        if entered(one) - {policy.lifecycle.first, "gone"} and name not in policy.notifications.events
    }
    assert not silent


def test_the_partner_is_told_of_every_way_into_a_rejection(policy: Rulebook) -> None:
    for name, transition in policy.transitions.items():
        if {"rejected", "rejected_final"} & entered(transition):
            assert "partner" in {mail.to for mail in policy.notifications.events[name]}, name


def test_a_stranger_is_told_to_decline_wherever_silence_leaves_the_association(policy: Rulebook) -> None:
    asked = [
        mail for mails in policy.notifications.events.values() for mail in mails if mail.to == "customer"
    ]
    assert len(asked) == 5
    for mail in asked:
        silence_agrees = "the association stays" in mail.next.replace("\n", " ")
        advice = "open the link and decline" if silence_agrees else "do nothing."
        assert f"If you do not know this partner, {advice}" in mail.next


def test_what_reviewers_read_too_speaks_of_the_partner_and_not_to_them(policy: Rulebook) -> None:
    read = [element.means for element in policy.programs.poe_elements.values()]
    read += [reason.text for reason in policy.reasons.information_reasons.values()]
    read += [reason.text for reason in policy.catalog_codes("denial_reasons").values()]
    read += [reason.text for reason in policy.reasons.partner_request_reasons.values()]
    assert [text for text in read if re.search(r"\byou", text, re.IGNORECASE)] == []


def test_the_customer_is_asked_on_every_way_to_an_approval(policy: Rulebook) -> None:
    for name, transition in policy.transitions.items():
        if "approved" in entered(transition):
            mails = policy.notifications.events[name]
            assert ("customer", "consent_request") in {(mail.to, mail.template) for mail in mails}, name


def test_programs_are_those_of_the_source(policy: Rulebook) -> None:
    earning = {activity.label: activity.can_earn for activity in policy.programs.activities.values()}
    assert earning == {
        "Build intent – Advisor (Pre-sales)": True,
        "Usage recognition – Non-incentivized": False,
        "Influenced revenue recognition – Non-incentivized (Revenue association)": False,
        "Use or consume": True,
    }
    units = {area: one.unit for area, one in policy.programs.solution_areas.items()}
    assert units == {
        "business_applications": ["tenant", "product", "subscription"],
        "modern_work_security": ["tenant", "product"],
    }


def test_customers_of_every_language_read_the_policy_in_it() -> None:
    assert missing_translations(load(read_folder(RULES)).parts) == []
