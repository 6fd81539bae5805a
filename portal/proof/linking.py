"""Checks that the events of a pack follow from each other: places, links, statuses."""

import hmac
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from portal.audit.recording import hash_of_said
from portal.claims.chain import chain_of
from portal.proof.events import LINK, PREVIOUS, RECORDED, START, link_of


def event_findings(events: Sequence[Any], claim: str, told_to: str) -> Iterator[str]:
    """Yield a sentence about each thing that is wrong with `events`, as the pack of `claim` tells them."""
    if not events:
        yield "There is no event, and a claim begins with one."  # stays English: told in a shell
        return
    previous, status, recorded = START, None, None
    for place, event in enumerate(events, 1):
        try:
            yield from _links(event, place, previous, status)
            if told_to == "operator":
                yield from _recorded(event, place, claim, recorded)
                recorded = event[RECORDED]["hash"]
            previous, status = event[LINK], event["status"][1] or status
        except (LookupError, TypeError, AttributeError, ValueError, RecursionError):
            # stays English
            yield f"Event {place} is not as an event is written."
            return


def _links(event: Mapping[str, Any], place: int, previous: str, status: str | None) -> Iterator[str]:
    if event["place"] != place:
        # stays English
        yield f"Event {place} is missing: the next one says that it is event {event['place']}."
    if event[PREVIOUS] != previous:
        yield f"Event {place} does not follow from the one before it."  # stays English
    if event[LINK] != link_of(event):
        yield f"Event {place} was changed: its link is not what it says."  # stays English
    if status is not None and event["status"][0] not in {None, status}:
        # stays English
        yield f"Event {place} leaves a status in which the claim was not."


def _recorded(event: Mapping[str, Any], place: int, claim: str, before: str | None) -> Iterator[str]:
    """Check what a reviewer's pack holds of the recorded chain, without the secret."""
    kept = event[RECORDED]
    if before is not None and kept["previous"] != before:
        # stays English
        yield f"The recorded event {place} does not follow from the one before it."
    said = kept["said"]
    if said is not None and (
        said["subject"] != chain_of(claim)
        or said["place"] != place
        or said["previous"] != kept["previous"]
        or (said["action"], said["at"], said["status"]) != (event["action"], event["at"], event["status"])
    ):
        # stays English
        yield f"What was recorded of event {place} is not what is told of it."


def unlike_recorded(events: Sequence[Mapping[str, Any]], secret: bytes) -> Iterator[str]:
    """Yield where the recorded hashes of a reviewer's pack are not those of the installation's secret."""
    for event in events:
        kept = event[RECORDED]
        if kept["said"] is not None and not hmac.compare_digest(
            hash_of_said(kept["said"], secret).encode(), str(kept["hash"]).encode()
        ):
            # stays English
            yield f"Event {event['place']} was not recorded so by this installation."
