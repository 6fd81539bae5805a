"""Stored policy versions, which one is in force, and every decision that was acted on."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Moment


class PolicyVersion(Base):
    """The rule files of one version, named by the SHA-256 of their content; never changed."""

    __tablename__ = "policy_versions"

    version: Mapped[str] = mapped_column(primary_key=True)
    stored_at: Mapped[datetime] = mapped_column(Moment)
    files: Mapped[bytes] = mapped_column(LargeBinary)  # zlib of the JSON object {path: text}


class Publication(Base):
    """From `at` on `version` is in force; the newest row counts."""

    __tablename__ = "publications"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(ForeignKey("policy_versions.version"))
    at: Mapped[datetime] = mapped_column(Moment)
    by: Mapped[str]


class StoredDecision(Base):
    """A decision that was acted on, refusals too, with the facts it was made from."""

    __tablename__ = "decisions"

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(index=True)  # a claim number
    question: Mapped[str]
    outcome: Mapped[str]
    rules: Mapped[list[Any]] = mapped_column(JSON)  # ids of the rules that fired, with their subject
    facts: Mapped[bytes] = mapped_column(LargeBinary)  # zlib of JSON; see policies/decisions.py
    policy_version: Mapped[str]
    roles_version: Mapped[str]
    at: Mapped[datetime] = mapped_column(Moment)
    actor: Mapped[str]
