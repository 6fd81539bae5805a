"""Who has a document opened, who waits for it, and who is told to come again."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from queue import Queue

import pytest

from portal.evidence import turns
from portal.evidence.turns import OPENED_AT_ONCE, PLACES, PLACES_EACH, Busy, Turns

Come = Callable[[Turns, str], None]


class Openings:
    """People who each have a document opened in a thread of their own, for as long as `end` is not set."""

    def __init__(self) -> None:
        self.told: Queue[tuple[str, str]] = Queue()
        self.end = threading.Event()
        self.threads: list[threading.Thread] = []

    def come(self, at: Turns, whose: str) -> None:
        self.threads.append(threading.Thread(target=self._open, args=(at, whose)))
        self.threads[-1].start()

    def next(self) -> tuple[str, str]:
        return self.told.get(timeout=30)

    def _open(self, at: Turns, whose: str) -> None:
        try:
            with at.turn(whose):
                self.told.put((whose, "opens"))
                self.end.wait()
        except Busy:
            self.told.put((whose, "busy"))


@pytest.fixture
def openings(monkeypatch: pytest.MonkeyPatch) -> Iterator[Openings]:
    monkeypatch.setattr(turns, "TURN_SECONDS", 300.0)
    made = Openings()
    yield made
    made.end.set()
    for thread in made.threads:
        thread.join()


def test_one_person_has_one_opened_and_one_waiting_whatever_they_send(openings: Openings) -> None:
    uploads = Turns()
    openings.come(uploads, "ines")
    assert openings.next() == ("ines", "opens")
    for _ in range(4):
        openings.come(uploads, "ines")
    assert [openings.next() for _ in range(4 - PLACES_EACH + 1)] == [("ines", "busy")] * 3

    openings.come(uploads, "otto")
    assert openings.next() == ("otto", "opens"), "somebody else is served while one waits for themselves"
    openings.end.set()
    assert openings.next() == ("ines", "opens"), "whoever waited has their turn"


def test_all_uses_together_open_few_and_each_has_places_of_its_own(openings: Openings) -> None:
    uploads, pages = Turns(), Turns()
    for number in range(OPENED_AT_ONCE):
        openings.come(uploads, f"person {number}")
        assert openings.next() == (f"person {number}", "opens")
    for number in range(PLACES):
        openings.come(pages, f"reader {number}")
    openings.come(pages, "one too many")
    # Nobody who came before is served, so the only one who is told something is whoever found no place.
    assert openings.next()[1] == "busy"
    assert openings.told.empty()

    openings.end.set()
    assert {openings.next()[1] for _ in range(PLACES)} == {"opens"}


def test_whoever_waited_for_too_long_is_told_so_and_leaves_the_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "TURN_SECONDS", 0.01)
    uploads = Turns()
    with ExitStack() as others:
        for number in range(OPENED_AT_ONCE):
            others.enter_context(uploads.turn(f"person {number}"))
        for _ in range(PLACES + 1):
            with pytest.raises(Busy), uploads.turn("ines"):
                pytest.fail("there was no turn")
    with uploads.turn("ines"):
        pass


def test_a_turn_ends_with_whatever_went_wrong_in_it() -> None:
    uploads = Turns()
    for _ in range(PLACES + 1):
        with pytest.raises(OSError, match="the disk"), uploads.turn("ines"):
            raise OSError("the disk is full")
