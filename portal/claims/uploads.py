"""Takes the files of a form in; a content that was read before is not read again."""

from hashlib import sha256

from sqlalchemy.orm import Session

from portal.claims.answers import Upload
from portal.claims.desk import Desk
from portal.evidence.intake import KINDS, Taken, take
from portal.evidence.model import StoredFile
from portal.evidence.names import name_for


def take_uploads(session: Session, desk: Desk, uploads: tuple[Upload, ...]) -> tuple[Taken, ...]:
    """Return every upload as it was read and kept. Raises Unreadable for the first that cannot be taken.

    A form that is sent twice brings the same contents again; a row says that one was kept and read.
    """
    return tuple(_known(session, upload) or _read(desk, upload) for upload in uploads)


def _known(session: Session, upload: Upload) -> Taken | None:
    kept = session.get(StoredFile, sha256(upload.content).hexdigest())
    if kept is None:
        return None
    suffixes = next(kind.suffixes for kind in KINDS if kind.media_type == kept.media_type)
    return Taken(kept.sha256, kept.media_type, kept.size, kept.pages, name_for(upload.name, suffixes))


def _read(desk: Desk, upload: Upload) -> Taken:
    return take(desk.files, desk.settings, upload.name, upload.content)
