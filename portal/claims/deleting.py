"""Deletes drafts that somebody chose, each by the ordinary use case with a decision of its own."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from portal.accounts.actor import Actor
from portal.claims.acting import act
from portal.claims.answers import Answers
from portal.claims.desk import Desk
from portal.claims.listing import deleting_action
from portal.claims.queries import find_claim
from portal.claims.refusals import Invalid, NotThere, Refused, Stale
from portal.claims.sent_before import gone_before
from portal.db import transaction
from portal.languages.sentences import gettext, lazy_gettext
from portal.rulebook.decision import CouldNotBeDecided

log = logging.getLogger(__name__)

NOT_ANSWERED = lazy_gettext(
    "The database did not answer. If it is still in the list, choose it again in a minute."
)
NOT_TRIED = lazy_gettext(
    "It was not tried, because the database did not answer before. Choose it again in a minute."
)


@dataclass(frozen=True)
class Outcome:
    """What became of one claim: in sentences `why` it was not deleted, or why that is not `known`."""

    number: str
    deleted: bool
    why: tuple[str, ...] = ()
    known: bool = True


def delete_chosen(desk: Desk, actor: Actor, chosen: Iterable[tuple[str, int]]) -> list[Outcome]:
    """Delete each of the claims (number, version as the page showed it); one that stays holds up no other.

    Where the database does not answer, the rest is not tried: each would wait as long, and whoever chose
    them is to hear of those that are gone.
    """
    outcomes: list[Outcome] = []
    answers = True
    for number, version in chosen:
        if not answers:
            outcomes.append(Outcome(number, deleted=False, why=(str(NOT_TRIED),)))
            continue
        try:
            outcomes.append(_deleted(desk, actor, number, version))
        except (OperationalError, PoolTimeout):
            log.exception("a chosen draft could not be deleted", extra={"number": number})
            answers = False
            outcomes.append(Outcome(number, deleted=False, why=(str(NOT_ANSWERED),), known=False))
    return outcomes


def _deleted(desk: Desk, actor: Actor, number: str, version: int) -> Outcome:
    try:
        action, status = _action(desk, actor, number)
        if action is None:
            kept = gettext("It is %(status)s, and is not deleted any more.", status=status)
            return Outcome(number, deleted=False, why=(kept,))
        act(desk, action, number, actor, Answers(), version)
    except NotThere:
        return _gone(actor, number, version)
    except Stale as stale:
        changed = gettext("It was changed after you chose it, so it was kept.")
        return Outcome(number, deleted=False, why=(changed, *stale.changes))
    except Refused as refused:
        return Outcome(number, deleted=False, why=tuple(row.text for row in refused.decision.reasons))
    except Invalid as invalid:
        return Outcome(number, deleted=False, why=tuple(invalid.errors.values()))
    except CouldNotBeDecided:
        told = gettext("It could not be decided just now. Nothing was changed; open the claim and try again.")
        return Outcome(number, deleted=False, why=(told,))
    return Outcome(number, deleted=True)


def _action(desk: Desk, actor: Actor, number: str) -> tuple[str | None, str]:
    """Return the action that deletes the claim, and its status in words. Raises NotThere."""
    desk.open()
    with transaction() as session:
        claim = find_claim(session, desk, number, actor)
        rulebook = desk.rulebook_of(claim)
        return deleting_action(rulebook, claim.status), rulebook.statuses[claim.status].label


def _gone(actor: Actor, number: str, version: int) -> Outcome:
    """Tell whoever sent the same form twice what the first one did."""
    with transaction() as session:
        if gone_before(session, number, actor, Answers(), version):
            return Outcome(number, deleted=True)
    return Outcome(number, deleted=False, why=(gettext("There is no such claim any more."),))
