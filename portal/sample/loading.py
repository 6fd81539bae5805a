"""Lets the sample stories happen through the ordinary use cases, each at its own moment of the past."""

import itertools
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import uuid5

from sqlalchemy import select

from portal.accounts.actor import Actor, customer_actor
from portal.accounts.queries import actor_of
from portal.claims.acting import act, create
from portal.claims.answers import Answers, Upload
from portal.claims.desk import Desk
from portal.claims.model import Claim
from portal.db import transaction
from portal.evidence.intake import take
from portal.evidence.recording import record
from portal.sample.documents import Letter, docx, pdf
from portal.sample.house import (
    CONTESTED,
    CUSTOMER_NAMES,
    NAMESPACE,
    PARTNERS,
    SampleCustomer,
    build_house,
    customer,
    person_by_email,
)
from portal.sample.money import import_money
from portal.sample.opinions import judge_again
from portal.sample.stories import CUSTOMER, PARTNER, STORIES, Deed, Story
from portal.work.sweep import sweep

A_DAY = timedelta(days=1)
READERS = 4  # documents read at once; each is a process that mostly waits for its own start
SERVICES = ("a migration of mailboxes", "an assessment of licenses", "the training of key users", "a pilot")


@dataclass
class Telling:
    """One claim of one story while it is told."""

    story: Story
    partner: str
    began: datetime
    customer: SampleCustomer
    activity: str
    products: tuple[str, ...]
    subscribed: tuple[str, ...]  # those of its products that have a subscription ID
    serial: int
    number: str = ""
    uploads: list[Upload] = field(default_factory=list)  # the documents it will bring, in their order


def load_sample(desk: Desk, seed: int) -> int:
    """Build the sample house and tell every story; return how many claims there are.

    Deterministic for a seed, up to the present: every moment is counted back from the clock's now.
    """
    now = desk.clock.now()
    with desk.clock.moved_to(now - timedelta(days=90)), transaction() as session:
        build_house(session, desk.settings.demo_password, desk.clock.now())
    tellings = list(_tellings(desk, random.Random(seed), now))  # noqa: S311  # stories, not secrets
    for telling in tellings:
        telling.uploads = [document(desk, telling, place) for place in range(1, telling.story.documents + 1)]
    take_in(desk, [upload for telling in tellings for upload in telling.uploads], now)
    tell(desk, tellings, now)
    import_money(desk, seed)
    return len(tellings)


def tell(
    desk: Desk, tellings: list[Telling], now: datetime, told: Callable[[int], None] | None = None
) -> None:
    """Let everything happen in the order of its moments, up to `now`; the portal was awake all the while.

    `told` hears after each day of the past, with the clock of that day, how many deeds are done.
    """
    swept = min(telling.began for telling in tellings)
    for done, (moment, telling, deed) in enumerate(_in_order(tellings, now)):
        while swept + A_DAY < moment:  # deadlines ended in time
            swept += A_DAY
            sweep(desk, swept)
            judge_again(desk, swept, now)
            if told:
                with desk.clock.moved_to(swept):
                    told(done)
        with desk.clock.moved_to(moment):
            _do(desk, telling, deed)
    sweep(desk)


def _in_order(tellings: list[Telling], now: datetime) -> Iterator[tuple[datetime, Telling, Deed]]:
    deeds = [
        (telling.began + timedelta(days=deed.day, seconds=telling.serial), telling, deed)
        for telling in tellings
        for deed in telling.story.deeds
    ]
    deeds.sort(key=lambda row: (row[0], row[1].serial))
    return ((moment, telling, deed) for moment, telling, deed in deeds if moment < now)


def _tellings(desk: Desk, chance: random.Random, now: datetime) -> Iterator[Telling]:
    serials = itertools.count(1)
    for partner in PARTNERS:
        free = list(combinations(desk, partner, chance))
        for story in STORIES:
            if story.only not in ("", partner):
                continue
            for _ in range(story.count):
                chosen = contested(desk, story) or free.pop()
                hour = now.replace(hour=chance.randint(17, 22), minute=chance.randint(0, 59), tzinfo=UTC)
                began = hour - timedelta(days=story.days_ago)
                subscribed = chosen[2] if has_subscriptions(desk, chosen[1]) else ()
                yield Telling(story, partner, began, *chosen, subscribed, next(serials))


def has_subscriptions(desk: Desk, activity: str) -> bool:
    programs = desk.policies.in_force().programs
    return "subscription" in programs.solution_areas[programs.activities[activity].solution_area].unit


def combinations(
    desk: Desk, partner: str, chance: random.Random, round_: int = 0
) -> Iterator[tuple[SampleCustomer, str, tuple[str, ...]]]:
    """Yield customers with an activity and one or two products, no product twice for one customer.

    Each `round_` has customers of its own.
    """
    programs = desk.policies.in_force().programs
    names = (f"{name} {round_}" if round_ else name for name in CUSTOMER_NAMES)
    rows = []
    for name in names:
        products = list(programs.products.items())
        chance.shuffle(products)
        for activity in chance.sample(sorted(programs.activities), k=3):
            area = programs.activities[activity].solution_area
            fitting = [row for row in products if row[1].solution_area == area][: chance.randint(1, 2)]
            for row in fitting:
                products.remove(row)
            if fitting:
                rows.append((customer(name, partner), activity, tuple(code for code, _ in fitting)))
    chance.shuffle(rows)
    return iter(rows)


def contested(
    desk: Desk, story: Story, round_: int = 0
) -> tuple[SampleCustomer, str, tuple[str, ...]] | None:
    """Return the unit that both partners claim, in a solution area whose unit has no subscription.

    Each `round_` has customers of its own.
    """
    if story.contested is None:
        return None
    programs = desk.policies.in_force().programs
    areas = [code for code, area in programs.solution_areas.items() if "subscription" not in area.unit]
    activity = next(code for code, row in programs.activities.items() if row.solution_area in areas)
    product = next(code for code, row in programs.products.items() if row.solution_area in areas)
    name = CONTESTED[story.contested] + (f" {round_}" if round_ else "")
    return customer(name), activity, (product,)


def _do(desk: Desk, telling: Telling, deed: Deed) -> None:
    answers = Answers(
        {**deed.answers, **_fields(telling, deed.fields)},
        tuple(telling.uploads.pop(0) for _ in range(deed.documents)),
    )
    actor = _actor(telling, deed)
    if deed.action == "create":
        location = _location(telling, actor)
        telling.number = create(desk, actor, Answers({"location": (location,)})).number
    else:
        act(desk, deed.action, telling.number, actor, answers)


def _actor(telling: Telling, deed: Deed) -> Actor:
    with transaction() as session:
        if deed.by == CUSTOMER:
            claim = session.scalars(select(Claim).where(Claim.number == telling.number)).one()
            return customer_actor(telling.customer.contact, claim.customer_contact_email, claim.id)
        account = (
            f"incentives@{telling.partner.casefold()}.example"
            if deed.by == PARTNER
            else f"{deed.by}@operator.example"
        )
        return actor_of(person_by_email(session, account))


def _location(telling: Telling, actor: Actor) -> str:
    """Return the id of the location that the telling's claim is for, as a form would send it."""
    with transaction() as session:
        locations = person_by_email(session, actor.email).organization.locations
        return str(locations[telling.serial % len(locations)].id)


def _fields(telling: Telling, which: str) -> dict[str, tuple[str, ...]]:
    if not which:
        return {}
    values = {
        "customer_name": telling.customer.name,
        "customer_domain": telling.customer.domain,
        "customer_tenant_id": telling.customer.tenant_id,
        "activity": telling.activity,
        "name": f"{telling.customer.name} {telling.began:%B}",
    }
    if which == "all":
        values |= {
            "customer_contact_name": telling.customer.contact,
            "customer_contact_title": "Head of IT",
            "customer_contact_email": telling.customer.contact_email,
            "technical_contact_name": "Toni Keller",
            "technical_contact_email": f"toni@{telling.customer.domain}",
            "own_contact_name": "Ines Morel",
            "own_contact_email": f"incentives@{telling.partner.casefold()}.example",
            "commentary": "The letter covers the work of this quarter.",
        }
        for code in telling.subscribed:
            values[f"subscription_{code}"] = str(uuid5(NAMESPACE, f"{telling.serial}/{code}"))
    fields = {name: (value,) for name, value in values.items()}
    return fields | ({"product": telling.products} if which == "all" else {})


def take_in(desk: Desk, uploads: list[Upload], now: datetime) -> None:
    """Take documents in beforehand, several at once: reading each is what takes the longest."""
    with ThreadPoolExecutor(READERS) as readers:
        taken = list(
            readers.map(lambda upload: take(desk.files, desk.settings, upload.name, upload.content), uploads)
        )
    with transaction() as session:
        for file in taken:
            record(session, file, now)


def document(desk: Desk, telling: Telling, place: int) -> Upload:
    """Return document `place` (from 1) of a telling: a letter about what the claim is for."""
    products = desk.policies.in_force().programs.products
    letter = Letter(
        number=telling.serial * 10 + place,
        partner=telling.partner,
        customer=telling.customer.name,
        contact=telling.customer.contact,
        products=tuple(products[code].label for code in telling.products),
        service=SERVICES[telling.serial % len(SERVICES)],
        signed=date(telling.began.year, telling.began.month, 1) if telling.serial % 3 or place > 1 else None,
    )
    return docx(letter) if telling.serial % 4 == 0 else pdf(letter, pages=2 + telling.serial % 3)
