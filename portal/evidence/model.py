"""Stored files: content-addressed, written once, read by the type their content shows."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Moment


class StoredFile(Base):
    """One content, kept once however many claims hold it; the name on disk is its SHA-256."""

    __tablename__ = "stored_files"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    media_type: Mapped[str]
    size: Mapped[int]  # bytes
    pages: Mapped[int | None]
    stored_at: Mapped[datetime] = mapped_column(Moment)
