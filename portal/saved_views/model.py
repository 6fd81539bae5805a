"""A view of the list of claims that somebody keeps under a name."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.model import Person
from portal.db import Base, Moment


class SavedView(Base):
    """The parameters of an address under a name, private to a person or shared with their organization."""

    __tablename__ = "saved_views"
    __table_args__ = (
        UniqueConstraint("person_id", "name"),
        Index("ix_saved_views_organization_id_shared", "organization_id", "shared"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    name: Mapped[str]
    params: Mapped[str]  # what follows the question mark of the address, encoded
    shared: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Moment)

    person: Mapped[Person] = relationship(lazy="joined")
