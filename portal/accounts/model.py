"""People, their organizations and locations, what they may do, and their sessions."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, Moment


class Organization(Base):
    """A partner organization, or the operator's own (`side` as in roles.yaml)."""

    __tablename__ = "organizations"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    side: Mapped[str]
    domain: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(Moment)

    locations: Mapped[list["Location"]] = relationship(
        back_populates="organization", order_by="Location.code"
    )


class Location(Base):
    """A place of business, shown as "Partner location ID (MPN)"."""

    __tablename__ = "locations"
    __table_args__ = (UniqueConstraint("code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    code: Mapped[str]
    name: Mapped[str]
    calendar: Mapped[str | None]  # ISO 3166 code such as "DE-BY"; None: that of the policy

    organization: Mapped[Organization] = relationship(back_populates="locations")


class Person(Base):
    """Somebody who signs in; belongs to one organization. `email` is kept casefolded."""

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]  # empty until somebody who was invited chose a password: nobody's fits
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    # An invitation that was withdrawn leaves the row, without its address: a database may give the number
    # of a deleted row to somebody else, whom the audit and mails on their way would then mean.
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)
    # How pages look to this person; "" leaves it to the program, and to the person's device.
    time_zone: Mapped[str] = mapped_column(default="")
    color_scheme: Mapped[str] = mapped_column(default="")
    # Which events of the audit were marked as read: all up to this id, except those whose ids lie in the
    # ranges, which were not there yet when the page was shown (portal/notices/marks.py).
    notices_read_to: Mapped[int] = mapped_column(default=0)
    notices_not_there: Mapped[list[list[int]]] = mapped_column(JSON, default=list)

    # How this person wants which mails, where they chose: kind of mail → way (portal/claims/mail_ways.py).
    mail_ways: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    # ISO dates of the first and the last day of the next absence, "" for none.
    away_from: Mapped[str] = mapped_column(default="")
    away_until: Mapped[str] = mapped_column(default="")
    # ISO date of the last daily digest, in the program's zone.
    digested_on: Mapped[str] = mapped_column(default="")

    organization: Mapped[Organization] = relationship(lazy="joined")
    roles: Mapped[list["PersonRole"]] = relationship(lazy="selectin", cascade="all, delete-orphan")
    locations: Mapped[list["PersonLocation"]] = relationship(lazy="selectin", cascade="all, delete-orphan")


class FormerAffiliation(Base):
    """An organization that somebody of the operator belonged to; `until` is the ISO date of the last day."""

    __tablename__ = "former_affiliations"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), primary_key=True)
    until: Mapped[str]


class PersonRole(Base):
    """One role of one person; the code is a role of roles.yaml."""

    __tablename__ = "person_roles"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)


class PersonLocation(Base):
    """A location a person is restricted to; none means all of the organization's."""

    __tablename__ = "person_locations"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    location_id: Mapped[int] = mapped_column(ForeignKey("locations.id"), primary_key=True)


class SignedInSession(Base):
    """A signed-in browser. Only the hash of its token is kept; revoking it ends it at the next request."""

    __tablename__ = "sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    browser: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(Moment)
    last_seen_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)

    person: Mapped[Person] = relationship(lazy="joined")


class AccountLink(Base):
    """A link that lets one person choose a password once: an invitation, or a forgotten password.

    Only the hash of its token is kept. Using it, sending another one and taking the account away void it.
    """

    __tablename__ = "account_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    purpose: Mapped[str]
    nonce: Mapped[str]  # signed with the installation's key, it gives the token; alone it opens nothing
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    void_at: Mapped[datetime | None] = mapped_column(Moment)

    person: Mapped[Person] = relationship(lazy="joined")


class SignInAttempt(Base):
    """A failed sign-in, kept to slow guessing down. Holds keyed hashes, never an address or e-mail."""

    __tablename__ = "sign_in_attempts"
    __table_args__ = (
        Index("ix_sign_in_attempts_who_at", "account_hash", "network_hash", "at"),
        Index("ix_sign_in_attempts_network_at", "network_hash", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_hash: Mapped[str]
    network_hash: Mapped[str]
    at: Mapped[datetime] = mapped_column(Moment)


class KeptForm(Base):
    """A form of an ended session, or one whose page was left; a person has one at most, the last.

    It holds texts alone, and is given back to the person whom the session belonged to, and to nobody else.
    """

    __tablename__ = "kept_forms"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), unique=True)
    page: Mapped[str]  # the own path, with its query, of the page that the form was on
    action: Mapped[str]  # the own path that it was sent to
    fields: Mapped[list[list[str]]] = mapped_column(JSON)  # [name, text] of each field, in the form's order
    files: Mapped[list[str]] = mapped_column(JSON)  # names of what was chosen: a file is not kept
    page_left: Mapped[bool]  # kept because of that, not because the session had ended
    kept_at: Mapped[datetime] = mapped_column(Moment, index=True)
