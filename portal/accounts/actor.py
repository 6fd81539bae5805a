"""Who acts: a signed-in person, the customer behind a link, or the portal itself."""

from dataclasses import dataclass

PERSON, CUSTOMER, SYSTEM = "person", "customer", "system"


@dataclass(frozen=True)
class Actor:
    """The one on whose behalf something happens; what facts, ownership and the audit know of them.

    `side` is the side of the organization ("partner", "operator"), or "customer" or "system".
    `location_ids` is None where the person is not restricted to locations.
    """

    kind: str
    side: str
    name: str
    person_id: int | None = None
    organization_id: int | None = None
    roles: frozenset[str] = frozenset()
    location_ids: frozenset[int] | None = None
    email: str = ""
    claim_id: int | None = None  # the one claim a customer's link opens
    link_id: int | None = None  # that link
    time_zone: str = ""  # in which pages tell this person moments; "" is the program's
    color_scheme: str = ""  # of pages; "" follows the person's device

    @property
    def key(self) -> str:
        """What tells this one from everybody else who acts at the same moment; never stored."""
        return f"{self.kind} {self.person_id or self.link_id or self.claim_id}"


SYSTEM_ACTOR = Actor(kind=SYSTEM, side=SYSTEM, name="Portal")  # stays English: the audit keeps it


def customer_actor(name: str, email: str, claim_id: int, link_id: int | None = None) -> Actor:
    """Return the actor for a customer contact who came by the signed link of one claim."""
    return Actor(kind=CUSTOMER, side=CUSTOMER, name=name, email=email, claim_id=claim_id, link_id=link_id)
