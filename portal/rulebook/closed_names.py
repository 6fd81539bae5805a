"""The closed lists: everything that rule files may name and that Python, not a file, gives a meaning to."""

# Fields of a claim that a field group may hold; the forms of the claim are made of them.
FIELDS = (
    "location",
    "customer",
    "activity",
    "products",
    "customer_contact",
    "technical_contact",
    "own_contact",
    "name",
    "documents",
    "commentary",
)

# What a status may keep: begun on entering it, ended on leaving it.
KEPT = ("association", "consent_link")

# What a transition may do besides moving the status; each verb is written once, in claims/effects.
VERBS = (
    "create_claim",
    "copy_claim",
    "save_fields",
    "delete_claim",
    "freeze",
    "next_round",
    "assign_self",
    "assign_other_reviewer",
    "assign_chosen",
    "extend_deadline",
    "use_dispute",
    "take_documents",
    "post_message",
    "open_request",
    "close_request",
    "remove_products",
    "record_reasons",
    "record_agreement",
    "record_decline",
    "renew_consent_link",
    "mark_overdue",
    "assess",
    "settle_others",
)

# Imports whose rows may change what was decided about a claim; a system transition may follow them.
FOLLOWED = ("subscriptions",)

# Named values that the portal itself reads, whatever rules do with them: each is a whole number. Of one that
# is missing, what it is about is not offered.
NUMBERS = (
    "months_after_belonging_at_least",
    "days_left_of_absent_at_most",
    "renewal_days_at_most",
    "forfeit_days_at_most",
    "idle_draft_days_at_least",
)

# States of a clock, and kinds of actors; a fact about either is one of these.
CLOCK_STATES = ("never", "running", "stopped", "ended")
ACTOR_KINDS = ("person", "customer", "system")
CUSTOMER, SYSTEM = "customer", "system"
ENDED, STILL_TO_END = "ended", ("never", "running")
# What a mail may name besides facts: all of the claim that it is about.
MAIL_NAMES = frozenset({"claim.number", "claim.name", "customer.name", "partner.name"})
# What a suggested sentence may name, and nothing else: nothing is decided yet when it is written.
SUGGESTION_NAMES = MAIL_NAMES | {"claim.products"}
# The mail that a clock's `remind` sends is the event with this prefix, and may name the deadline besides.
REMIND = "remind_"
REMINDER_NAMES = MAIL_NAMES | {"deadline.last_day", "deadline.left"}
# The mail to the partner about a transition with this effect may name what was assessed, why, and what
# would change it.
ASSESS = "assess"
ASSESSMENT_NAMES = MAIL_NAMES | {"eligibility.outcome", "eligibility.reasons", "eligibility.change"}

# Reserved words: of `moves`, of `at_end`, and the answers to "may this transition happen".
NEW, GONE, NOTHING = "new", "gone", "nothing"

# Attributes of an activity that conditions may ask; expanded to its codes when a version is compiled.
ACTIVITY_ATTRIBUTES = ("can_earn", "needs_subscription", "needs_technical_contact")

# Facts that follow from other files and are never written in vocabulary.yaml.
STATUS, ROLES, KIND, ACTIVITY = "claim.status", "actor.roles", "actor.kind", "claim.activity"
GENERATED_PREFIXES = ("clock", "activity", "input", "value")

# Ids that the rulebook itself gives to refusals; no rule of a file may bear them.
WRONG_STATUS, NO_PERMISSION = "wrong_status", "no_permission"
NOTHING_GIVEN, MISSING = "nothing_given", "missing_"  # `missing_` is followed by what was asked for
