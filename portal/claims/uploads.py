"""The files of a form: judged by their hashes first, and only then opened and kept."""

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.claims.answers import Upload
from portal.claims.checking import check_answers
from portal.claims.desk import Desk
from portal.claims.document_checks import FIELD, documents_mistake
from portal.claims.facts import gather
from portal.claims.gathering import Gathering
from portal.claims.model import Claim
from portal.claims.refusals import Invalid, Refused
from portal.claims.sent_forms import SentForm
from portal.db import db
from portal.evidence.intake import KINDS, Taken, Unreadable, take
from portal.evidence.model import StoredFile
from portal.evidence.names import name_for, safe_name
from portal.evidence.turns import Busy, Turns
from portal.languages.sentences import gettext, lazy_gettext
from portal.rulebook.rulebook import Rulebook

# Dropped silently, a file would be taken for handed in by whoever sent it.
TAKES_NONE = lazy_gettext(
    "This form takes no documents. Leave the file out, and add it where proof of execution is asked for."
)
BUSY = lazy_gettext(
    "Many documents are being opened at the moment, so yours were not taken. Choose them again and send the "
    "form in a minute."
)
# Four of the eight threads that answer everybody by default. A turn may last twice the time of one slow
# document, and whoever hands in would rather wait for it than choose their files again.
_turns = Turns(places=4, seconds=60.0)


def check_number(desk: Desk, sent: SentForm) -> None:
    """Raise Invalid for more files than a claim may hold, whatever it holds already."""
    at_most, given = desk.settings.documents_per_claim_at_most, len(sent.answers.uploads)
    if given > at_most:
        raise Invalid(
            {
                FIELD: gettext(
                    "A claim holds at most %(most)s documents, and you chose %(given)s. "
                    "Choose fewer, or join files, then upload again.",
                    most=at_most,
                    given=given,
                )
            }
        )


def unread(sent: SentForm) -> tuple[Taken, ...]:
    """Return what is known of files that were not opened: hash, size and name, but not the type."""
    return tuple(
        Taken(sha256, "", len(upload.content), None, safe_name(upload.name))
        for sha256, upload in zip(sent.hashes, sent.answers.uploads, strict=True)
    )


def check_unread(
    session: Session, desk: Desk, claim: Claim, sent: SentForm, files: tuple[Taken, ...]
) -> None:
    """Decide about a form whose `files` are only known as `unread` returns them; none is opened or kept.

    Opening documents is the dearest thing the portal does, so it is done for nobody who may not act.
    Raises Refused, CouldNotBeDecided, and Invalid where the answers or the files cannot be taken.
    """
    rulebook = desk.rulebook_of(claim)
    seen = Gathering(session, desk, rulebook, claim, sent.actor, desk.clock.now(), sent.answers, files)
    decision = rulebook.decide(sent.action, gather(seen, sent.action))
    if not decision.allowed:
        raise Refused(claim.number, decision)
    check_answers(session, rulebook, claim, sent.action, sent.answers)
    if not _takes_documents(rulebook, claim, sent.action):
        raise Invalid({FIELD: str(TAKES_NONE)})
    at_most = desk.settings.documents_per_claim_at_most
    if mistake := documents_mistake(claim, files, at_most, replacing=bool(sent.answers.one("replaces"))):
        raise Invalid({FIELD: mistake})


def _takes_documents(rulebook: Rulebook, claim: Claim, action: str) -> bool:
    """Tell whether the action asks for documents, or for fields while the documents are open to change."""
    asked = {ask.type for ask in rulebook.transitions[action].asks.values()}
    groups = rulebook.lifecycle.field_groups
    opened = {name for group in rulebook.statuses[claim.status].editable for name in groups[group].fields}
    return "documents" in asked or ("fields" in asked and "documents" in opened)


def take_uploads(desk: Desk, sent: SentForm) -> tuple[Taken, ...]:
    """Return every upload as it was read and kept. Raises Unreadable for the first that cannot be taken.

    A form that is sent twice brings the same contents again; a row says that one was read before.
    """
    if all(kept := _kept(sent)):
        return tuple(filter(None, kept))
    try:
        with _turns.place(sent.actor.key):
            kept = _kept(sent)  # the same form may have been sent before and waited for
            files = zip(kept, sent.answers.uploads, strict=True)
            return tuple(known or _read(desk, upload) for known, upload in files)
    except Busy:
        name = safe_name(sent.answers.uploads[0].name)
        raise Unreadable(name, str(BUSY)) from None


def _kept(sent: SentForm) -> list[Taken | None]:
    """Return what is known of each file, in their order."""
    known = _known(sent.hashes) if sent.hashes else {}
    files = zip(sent.hashes, sent.answers.uploads, strict=True)
    return [_named(known.get(sha256), upload) for sha256, upload in files]


def _known(hashes: tuple[str, ...]) -> dict[str, Taken]:
    """Return the contents that have a row, by hash. No transaction stays open: reading takes long."""
    session = db.session()
    rows = session.scalars(select(StoredFile).where(StoredFile.sha256.in_(hashes)))
    known = {row.sha256: Taken(row.sha256, row.media_type, row.size, row.pages, "") for row in rows}
    session.rollback()
    return known


def _named(kept: Taken | None, upload: Upload) -> Taken | None:
    if kept is None:
        return None
    suffixes = next(kind.suffixes for kind in KINDS if kind.media_type == kept.media_type)
    return replace(kept, name=name_for(upload.name, suffixes))


def _read(desk: Desk, upload: Upload) -> Taken:
    return take(desk.files, desk.settings, upload.name, upload.content, _turns.turn)


def keep_discarded(desk: Desk, sent: SentForm) -> None:
    """Keep again what is known but not, or no longer, on the disk: it may just have been discarded.

    Called within the transaction that refers to the files: from then on nobody discards them.
    """
    for sha256, upload in zip(sent.hashes, sent.answers.uploads, strict=True):
        if not desk.files.has(sha256):
            desk.files.put(upload.content)
