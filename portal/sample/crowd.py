"""A bigger sample house: many partners and claims, told through the ordinary use cases like the small one."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from itertools import count

from sqlalchemy import func, select

from portal.accounts.model import Person
from portal.claims.answers import Upload
from portal.claims.desk import Desk
from portal.claims.model import Claim
from portal.db import db, hurried, transaction
from portal.sample.demo import SampleRefused
from portal.sample.documents import Letter, pdf
from portal.sample.house import PARTNERS, SampleCustomer, build_house
from portal.sample.loading import Telling, combinations, contested, has_subscriptions, take_in, tell
from portal.sample.stories import STORIES, Story
from portal.work.outbox import deliver

# Where the story's end closes the claim, it may have happened at any time of so many days before.
SPREAD_DAYS = 240
SAID_EVERY = 1000  # actions
BEGINNING_DAYS = SPREAD_DAYS + 90


Unit = tuple[SampleCustomer, str, tuple[str, ...]]


class Nowhere:
    """A transport that keeps nothing: nobody reads the mails of a crowd."""

    sender = "Customer claims portal <claims@portal.example>"

    def send(self, mail: EmailMessage) -> None:
        """Drop `mail`, which counts as handed over."""


def load_crowd(desk: Desk, claims: int, organizations: int, seed: int, say: Callable[[str], None]) -> None:
    """Fill an empty database with `claims` claims of `organizations` partners, the same for one `seed`.

    Every moment is counted back from the clock's now. Ends with the number of claims by status. Raises
    SampleRefused where the database holds people already.
    """
    if db.session.scalar(select(Person.id).limit(1)) is not None:
        raise SampleRefused(
            "The database holds people already, and sample claims must not be mixed with real ones. "
            "Load into a place of its own: --data FOLDER, or another PORTAL_DATABASE_URL."
        )
    db.session.rollback()
    desk.open()
    now, names = desk.clock.now(), partners(organizations)
    quiet = replace(desk, committed=lambda: None)
    with hurried():
        with desk.clock.moved_to(now - timedelta(days=BEGINNING_DAYS)), transaction() as session:
            build_house(session, desk.settings.demo_password, desk.clock.now(), names)
        say(f"{organizations} partners are there. Reading documents …")
        chance = random.Random(seed)  # noqa: S311  # stories, not secrets
        tellings = list(tellings_of(desk, claims, names, chance, now))
        _bring_documents(desk, tellings, now)
        deeds = sum(len(telling.story.deeds) for telling in tellings)
        said = [0]

        def told(done: int) -> None:
            deliver(quiet, Nowhere())
            if done - said[0] >= SAID_EVERY:
                said[0] = done
                say(f"{done} of at most {deeds} actions are done.")

        tell(quiet, tellings, now, told)
        deliver(quiet, Nowhere())
    desk.settings.sample_mark.touch()
    for status, number in _by_status(desk):
        say(f"{number:7} {status}")


def partners(number: int) -> list[str]:
    """Return the names of so many partners; the first are those of the small house."""
    return [*PARTNERS, *(f"Partner{place:04}" for place in range(len(PARTNERS) + 1, number + 1))][:number]


def tellings_of(
    desk: Desk, claims: int, names: list[str], chance: random.Random, now: datetime
) -> Iterator[Telling]:
    """Yield the claims: every pair of partners goes through all stories, each beginning at another one."""
    pairs = [tuple(names[place : place + 2]) for place in range(0, len(names), 2)]
    stories = [story for level in range(5) for story in STORIES if story.count > level]
    serials, free = count(1), _free_units(desk, chance)
    for position in count():
        for place, pair in enumerate(pairs):
            story = stories[(position + place) % len(stories)]
            round_ = position // len(stories) * len(pairs) + place + 1
            for own, partner in enumerate(pair):
                # The stories of competing claims tell what the first and the second of a pair did.
                if (story.only and story.only != PARTNERS[own]) or (
                    story.contested is not None and len(pair) == 1
                ):
                    continue
                chosen = contested(desk, story, round_) or free(partner)
                subscribed = chosen[2] if has_subscriptions(desk, chosen[1]) else ()
                serial = next(serials)
                yield Telling(story, partner, _began(story, chance, now), *chosen, subscribed, serial)
                if serial == claims:
                    return


def _began(story: Story, chance: random.Random, now: datetime) -> datetime:
    """Return when a claim began. Only what came to its end may lie longer back than the story says."""
    spread = chance.randint(0, SPREAD_DAYS) if story.settled else 0
    hour = now.replace(hour=chance.randint(17, 22), minute=chance.randint(0, 59))
    return hour - timedelta(days=story.days_ago + spread)


def _free_units(desk: Desk, chance: random.Random) -> Callable[[str], Unit]:
    """Return what gives a partner, at each call, a customer and products that it has not claimed yet."""
    left: dict[str, list[Unit]] = {}
    rounds: dict[str, int] = {}

    def free(partner: str) -> Unit:
        if not left.get(partner):
            rounds[partner] = rounds.get(partner, -1) + 1
            left[partner] = list(combinations(desk, partner, chance, rounds[partner]))
        return left[partner].pop()

    return free


def _bring_documents(desk: Desk, tellings: list[Telling], now: datetime) -> None:
    """Give each claim its documents: no two claims of one partner have the same, but partners share them.

    A document of an earlier claim of the same partner would be refused; reading each takes a process.
    """
    used: dict[str, int] = {}
    letters: list[Upload] = []
    for telling in tellings:
        first = used.get(telling.partner, 0)
        used[telling.partner] = first + telling.story.documents
        while len(letters) < used[telling.partner]:
            letters.append(_letter(len(letters) + 1, now))
        telling.uploads = letters[first : used[telling.partner]]
    take_in(desk, letters, now)


def _letter(number: int, now: datetime) -> Upload:
    products, service = ("the products of the claim",), "an assessment and a pilot"
    parties = "the partner of the claim", "the customer of the claim", "Casey Customer"
    return pdf(Letter(number, *parties, products, service, now.date()))


def _by_status(desk: Desk) -> list[tuple[str, int]]:
    query = select(Claim.status, func.count()).group_by(Claim.status)
    numbers = {row[0]: row[1] for row in db.session.execute(query)}
    statuses = desk.policies.in_force().statuses
    return [(status.label, numbers.get(code, 0)) for code, status in statuses.items()]
