"""Who has documents opened, who waits for it, and who is told to come again."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from queue import Queue

import pytest

from portal.evidence.turns import OPENED_AT_ONCE, PLACES_EACH, Busy, Turns

FOR_LONG = 300.0


class Forms:
    """People who each send a form in a thread of their own; its document is opened until they let it go."""

    def __init__(self, turns: Turns) -> None:
        self.turns = turns
        self.told: Queue[str] = Queue()
        self.ends: dict[str, threading.Event] = {}
        self.threads: list[threading.Thread] = []

    def send(self, form: str) -> None:
        """Send `form`, whose first word is its person."""
        self.ends[form] = threading.Event()
        self.threads.append(threading.Thread(target=self._open, args=(form,)))
        self.threads[-1].start()

    def opens(self, form: str) -> None:
        """Send `form` and see it opened."""
        self.send(form)
        assert self.next() == f"{form} opens"

    def waits(self, form: str, among: Callable[[], int]) -> None:
        """Send `form` and wait until `among` counts one more."""
        before = among()
        self.send(form)
        while among() == before:
            threading.Event().wait(0.001)

    def next(self) -> str:
        return self.told.get(timeout=30)

    def _open(self, form: str) -> None:
        try:
            with self.turns.place(form.split(maxsplit=1)[0]), self.turns.turn():
                self.told.put(f"{form} opens")
                self.ends[form].wait()
        except Busy:
            self.told.put(f"{form} is told to come again")


@pytest.fixture
def forms() -> Iterator[Forms]:
    made = Forms(Turns(places=4, seconds=FOR_LONG))
    yield made
    for end in made.ends.values():
        end.set()
    for thread in made.threads:
        thread.join()
    assert (made.turns._opened, made.turns._line, made.turns._here.total()) == (0, [], 0)  # noqa: SLF001  # all left


def here(forms: Forms) -> Callable[[], int]:
    return lambda: forms.turns._here.total()  # noqa: SLF001  # who waits tells nobody


def in_line(forms: Forms) -> Callable[[], int]:
    return lambda: len(forms.turns._line)  # noqa: SLF001  # as above


def test_the_second_form_of_a_person_waits_for_the_first_and_a_third_is_refused(forms: Forms) -> None:
    forms.opens("ines 1")
    forms.waits("ines 2", here(forms))
    for number in range(3):
        forms.send(f"ines {PLACES_EACH + 1 + number}")
        assert forms.next().endswith("is told to come again")

    forms.opens("otto 1")
    assert forms.told.empty(), "ines waits for herself, although one more could be opened before otto came"
    forms.ends["ines 1"].set()
    assert forms.next() == "ines 2 opens"


def test_few_are_opened_at_once_and_whoever_came_first_is_first(forms: Forms) -> None:
    for number in range(OPENED_AT_ONCE):
        forms.opens(f"person{number} 1")
    forms.waits("ines 1", in_line(forms))
    forms.waits("otto 1", in_line(forms))
    forms.send("mara 1")
    assert forms.next() == "mara 1 is told to come again", "all places are taken"

    forms.ends["person0 1"].set()
    assert forms.next() == "ines 1 opens"
    assert forms.told.empty()
    forms.ends["ines 1"].set()
    assert forms.next() == "otto 1 opens"


def test_who_has_many_documents_stands_behind_those_who_wait_with_each() -> None:
    """Two people with long forms must not pass the turn between them."""
    turns, opened = Turns(places=4, seconds=FOR_LONG), list[str]()
    ready = threading.Barrier(OPENED_AT_ONCE + 1)

    def send(person: str, documents: int) -> None:
        with turns.place(person):
            for document in range(documents):
                with turns.turn():
                    opened.append(person)
                    if document == 0 and documents > 1:
                        ready.wait()
                        ready.wait()

    people = [threading.Thread(target=send, args=(f"person {one}", 50)) for one in range(OPENED_AT_ONCE)]
    for person in people:
        person.start()
    ready.wait()
    ines = threading.Thread(target=send, args=("ines", 1))
    ines.start()
    while not turns._line:  # noqa: SLF001  # who waits tells nobody
        threading.Event().wait(0.001)
    ready.wait()
    for person in (*people, ines):
        person.join()
    assert opened.index("ines") == OPENED_AT_ONCE


def test_readers_keep_nobody_from_handing_in() -> None:
    pages, uploads = Turns(places=4, seconds=FOR_LONG), Turns(places=4, seconds=FOR_LONG)
    with ExitStack() as readers:
        for number in range(OPENED_AT_ONCE):
            readers.enter_context(pages.place(f"reader {number}"))
            readers.enter_context(pages.turn())
        with uploads.place("reader 0"), uploads.turn():
            pass


def test_whoever_waited_for_too_long_is_told_so_and_leaves_the_place() -> None:
    turns = Turns(places=4, seconds=0.01)
    with ExitStack() as others:
        for number in range(OPENED_AT_ONCE):
            others.enter_context(turns.place(f"person {number}"))
            others.enter_context(turns.turn())
        for _ in range(turns.places + 1):
            with pytest.raises(Busy), turns.place("ines"), turns.turn():
                pytest.fail("there was no turn")
            with pytest.raises(Busy), turns.place("person 0"):
                pytest.fail("the first form is not through")
    with turns.place("ines"), turns.turn():
        pass


def test_a_turn_ends_with_whatever_went_wrong_in_it() -> None:
    turns = Turns(places=2, seconds=FOR_LONG)
    for _ in range(3 * OPENED_AT_ONCE):
        with pytest.raises(OSError, match="the disk"), turns.place("ines"), turns.turn():
            raise OSError("the disk is full")
