"""Somebody who has a keyboard alone: they come to things by Tab, and to nothing that it does not reach."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect
from playwright.sync_api import TimeoutError as NotThereInTime

# Half of a usual window's width and height in points, as at 200 % zoom.
ZOOMED: ViewportSize = {"width": 640, "height": 400}
# More than any page of the portal has to go through; whoever needs more is caught or finds nothing.
TABS_AT_MOST = 150
TRIES = 5
# What has the focus, seen from `target`; and what a reader of the page would find wrong with it.
LOOK = (Path(__file__).parent / "focus.js").read_text(encoding="utf-8")
SETTLED = "() => !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')"

GOES_ON_IN = """part => part.contains(document.activeElement)
    || Boolean(part.compareDocumentPosition(document.activeElement) & Node.DOCUMENT_POSITION_FOLLOWING)"""
# With scripts on every run; without, where `make pages` looks at every page.
WITH_AND_WITHOUT = pytest.mark.parametrize(
    "scripts",
    [
        pytest.param(True, id="with JavaScript"),
        pytest.param(False, id="without JavaScript", marks=pytest.mark.pages),
    ],
)


class Keyboard:
    """The keys of one window."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def looks(self) -> None:
        """Raise AssertionError where nothing has the focus, or nobody sees what has it."""
        at = self.page.evaluate(LOOK, None)
        assert at["name"], "the focus is lost"
        assert not at["fault"], at["fault"]

    def go_to(self, target: Locator) -> None:
        """Press Tab, or Shift and Tab for what lies behind, until `target` has the focus.

        Raises AssertionError where it never has it, and where anything on the way has it unseen.
        """
        wanted = target.element_handle()
        at = {"name": ""}
        for _ in range(TABS_AT_MOST):
            at = self.page.evaluate(LOOK, wanted)
            assert not at["fault"], at["fault"]
            if at["there"]:
                return
            self.page.keyboard.press("Shift+Tab" if at["passed"] else "Tab")
        raise AssertionError(f"{TABS_AT_MOST} times Tab do not come to {target}, but to {at['name']}")

    def write(self, target: Locator, text: str) -> None:
        self.go_to(target)
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.type(text)

    def tick(self, target: Locator) -> None:
        self._set(target, to=True)

    def untick(self, target: Locator) -> None:
        self._set(target, to=False)

    def _set(self, target: Locator, *, to: bool) -> None:
        self.go_to(target)
        assert target.is_checked() is not to, f"{target} is so already"
        self.page.keyboard.press("Space")
        assert target.is_checked() is to

    def choose_radio(self, target: Locator) -> None:
        """Come to the group of `target` by Tab, and to itself by the arrows."""
        name = target.get_attribute("name")
        group = self.page.locator(f"input[type=radio][name='{name}']")
        # Tab comes to the one that is chosen, or else to the first.
        chosen = [one for one in group.all() if one.is_checked()]
        self.go_to(chosen[0] if chosen else group.first)
        if not chosen:
            self.page.keyboard.press("Space")
        for _ in range(group.count()):
            if target.is_checked():
                self.looks()
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"the arrows do not come to {target}")

    def choose_first(self, target: Locator) -> None:
        """Choose the first option of a list that is none by itself."""
        self.go_to(target)
        before = target.input_value()
        self.page.keyboard.press("ArrowDown")
        assert target.input_value() != before

    def choose(self, target: Locator, label: str) -> None:
        """Choose the option of a list that begins with `label`, by typing it."""
        self.go_to(target)
        self.page.keyboard.type(label)
        chosen = target.evaluate("list => list.selectedOptions[0].label")
        assert chosen.startswith(label), f"typing {label} chooses {chosen}"

    def write_day(self, target: Locator, keys: str, day: str) -> None:
        """Write a day into its field by `keys`, in the order in which the browser asks for its parts."""
        self.go_to(target)
        self.page.keyboard.type(keys)
        assert target.input_value() == day

    def open(self, target: Locator) -> None:
        """Press what opens something on the page."""
        self.go_to(target)
        self.page.keyboard.press("Enter")
        self.looks()

    def follow(self, target: Locator) -> None:
        """Press what leads to another page, and wait for it."""
        self.go_to(target)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def swap(self, target: Locator) -> None:
        """Press what exchanges a part of the page, with the focus in sight; without scripts it leads on."""
        self.go_to(target)
        with self.page.expect_response(lambda answer: answer.status not in range(300, 400)) as answered:
            self.page.keyboard.press("Enter")
        if answered.value.request.is_navigation_request():
            self.page.wait_for_load_state()
        else:
            self.page.wait_for_function(SETTLED)
            self.looks()

    def jump(self, target: Locator, part: str) -> None:
        """Press what leads to a part of the page; Tab goes on from there, and the part is in sight."""
        self.go_to(target)
        self.page.keyboard.press("Enter")
        # Told by the browser a moment later.
        expect(self.page).to_have_url(re.compile(f"#{re.escape(part)}$"))
        expect(self.page.locator(f"#{part}")).to_be_in_viewport()
        self.page.keyboard.press("Tab")
        self.looks()
        assert self.page.locator(f"#{part}").evaluate(GOES_ON_IN), f"the focus does not go on at {part}"

    def choose_files(self, target: Locator, files: Sequence[Path]) -> None:
        self.go_to(target)
        for _ in range(TRIES):
            try:
                with self.page.expect_file_chooser(timeout=2_000) as chooser:
                    self.page.keyboard.press("Enter")
            except NotThereInTime:  # Chromium opens none now and then, on any page
                continue
            chooser.value.set_files([str(path) for path in files])
            return
        raise AssertionError("No chooser for files opened.")

    def act(self, action: str, label: str, *, ticked: Sequence[str] = (), **typed: str) -> None:
        """Carry out an action of a claim: open its form where it has one, tick, write, and send it."""
        form = self.page.locator(f"#action-{action}")
        self.unfold(form)
        for words in ticked:
            self.tick(form.get_by_label(words, exact=True))
        for name, text in typed.items():
            self.write(form.locator(f"[name={name}]"), text)
        self.follow(form.locator(f"button:text-is('{label}')"))

    def unfold(self, part: Locator) -> None:
        """Open the first thing in `part` that is folded."""
        folded = part.locator("details:not([open]) > summary")
        if folded.count():
            self.open(folded.first)
