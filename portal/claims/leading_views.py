"""Where a form of a claim leads: on in the wizard or to the step that was asked for, to the claim, or out."""

from dataclasses import dataclass

from flask import flash, request, url_for

from portal.accounts.current import current_actor
from portal.accounts.kept_views import note_not_arrived
from portal.claims.acting import Done
from portal.claims.answering import Failure, desk_of_app, sent_files, sent_version
from portal.claims.details import Sent
from portal.claims.model import Claim
from portal.claims.offering import begun_in_words, done_in_words
from portal.claims.panels import Panel, panels
from portal.claims.proposing import brings_proposal, contact_of, named_before, with_contact
from portal.claims.queries import find_claim
from portal.claims.untouched import is_untouched
from portal.claims.wizard import BY_CODE, Step, first_unfinished, is_in_wizard, is_onward, step_after
from portal.db import db
from portal.rulebook.closed_names import GONE
from portal.rulebook.rulebook import Rulebook

PLACE = "claims"
GO = "go"  # where a step's form leads: one of these words, the code of a step, or else the next step
LEAVE, STAY = "leave", "stay"
CONTACT_OF = "contact_of"  # the claim whose customer contact is to be put into the fields


@dataclass(frozen=True)
class Chosen:
    """A form in which a customer contact was chosen; `name` is theirs, "" where they are not offered."""

    sent: Sent
    name: str


def claim_and_panels(number: str, failure: Failure | None = None) -> tuple[Claim, list[Panel]]:
    """Return the claim with the actions that are offered for it. Raises NotThere."""
    session, desk, actor = db.session(), desk_of_app(), current_actor()
    found = find_claim(session, desk, number, actor)
    return found, panels(desk, session, found, actor, PLACE, failure)


def address_without_saving(number: str) -> str | None:
    """Return the address of the step that somebody goes to from another in which they typed nothing, or None.

    The form itself says what it showed, so that it does not matter what the claim says by now. Who goes on
    with the own contact that the step proposed takes it; who only looked does not, nor whoever was shown
    what the claim does not say any more. Raises NotThere.
    """
    go, sent = request.form.get(GO, ""), request.form.to_dict(flat=False)
    if go not in BY_CODE or not is_untouched(sent) or sent_files():
        return None
    found = find_claim(db.session(), desk_of_app(), number, current_actor())
    is_current = sent_version() == found.version
    if is_current and is_onward(request.form.get("step", ""), go) and brings_proposal(found, sent):
        return None
    note_not_arrived()
    return url_for("claims.wizard", number=number, step=go)


def with_offered_contact(number: str) -> Chosen | None:
    """Return the form with the customer contact that was chosen in its fields, None where none was.

    Nothing is saved: whoever chose it reads it over and goes on. None as well where the claim was changed
    after the form was opened, or left the wizard: the action tells so and keeps what was typed.
    Raises NotThere.
    """
    chosen = request.form.get(CONTACT_OF, "")
    if not chosen:
        return None
    note_not_arrived()
    session, desk, actor = db.session(), desk_of_app(), current_actor()
    found = find_claim(session, desk, number, actor)
    if sent_version() != found.version or not is_in_wizard(desk.rulebook_of(found), found):
        return None
    contact = contact_of(named_before(session, desk, found, actor), chosen)
    sent = Sent(with_contact(contact, request.form.to_dict(flat=False)))
    return Chosen(sent, contact.name if contact else "")


def draft_address(number: str, told: str) -> str:
    """Tell that a draft was begun, and return the step of the wizard in which something is missing."""
    flash(told, "success")
    claim, found = claim_and_panels(number)
    offered = [panel.offer for panel in found]
    step = first_unfinished(desk_of_app().rulebook_of(claim), claim, offered)
    return url_for("claims.wizard", number=number, step=step.code)


def next_address(done: Done, code: str, noun: str) -> str:
    """Tell what was done, and return where it leads: on in the wizard, to the claim, or to the list.

    `code` is the step of the wizard that the form was on, "" for any other page.
    """
    rulebook = _rulebook_after(done)
    action = rulebook.transition_at(f"{PLACE}/{noun}", request.form)
    if done.begun:
        return draft_address(done.begun, begun_in_words(rulebook, action, done))
    stays = done.to_status == done.from_status
    if stays and code in BY_CODE and request.form.get(GO) != LEAVE:
        return url_for("claims.wizard", number=done.number, step=_following(code).code)
    flash(done_in_words(rulebook, action, done), "success")
    if done.to_status == GONE:
        return url_for("claims.claims")
    return url_for("claims.claim", number=done.number)


def _rulebook_after(done: Done) -> Rulebook:
    """Return the policy of the claim; one that is gone was a draft, which no version is pinned to."""
    desk = desk_of_app()
    if done.to_status == GONE:
        return desk.policies.in_force()
    return desk.rulebook_of(find_claim(db.session(), desk, done.number, current_actor()))


def _following(code: str) -> Step:
    """Return the step that the form of the step `code` asked for."""
    go = request.form.get(GO, "")
    return BY_CODE.get(code if go == STAY else go) or step_after(code)
