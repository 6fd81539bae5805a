"""Somebody who has a keyboard alone: they come to things by Tab, and to nothing that it does not reach."""

from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Locator, Page
from playwright.sync_api import TimeoutError as NotThereInTime

# More than any page of the portal has to go through; whoever needs more is caught or finds nothing.
TABS_AT_MOST = 150
TRIES = 5
IS_FOCUSED = "element => element === document.activeElement"
# The middle of what has the focus lies in the window, nothing else lies over it, and it shows that it has it.
IS_SEEN = """element => {
  const box = element.getBoundingClientRect();
  const x = box.left + box.width / 2, y = box.top + Math.min(box.height / 2, 20);
  const top = document.elementFromPoint(x, y);
  const style = getComputedStyle(element);
  const isMarked = style.outlineStyle !== "none" || style.boxShadow !== "none";
  return box.width > 1 && isMarked && (element.contains(top) || top?.htmlFor === element.id);
}"""


class Keyboard:
    """The keys of one window."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def go_to(self, target: Locator) -> None:
        """Press Tab until `target` has the focus. Raises AssertionError where it is never seen to have it."""
        for _ in range(TABS_AT_MOST):
            if target.evaluate(IS_FOCUSED):
                assert target.evaluate(IS_SEEN), f"{target} has the focus where nobody sees it"
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{TABS_AT_MOST} times Tab do not come to {target}")

    def write(self, target: Locator, text: str) -> None:
        self.go_to(target)
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.type(text)

    def tick(self, target: Locator) -> None:
        self.go_to(target)
        self.page.keyboard.press("Space")
        assert target.is_checked()

    def choose_radio(self, target: Locator) -> None:
        """Come to the group of `target` by Tab, and to itself by the arrows."""
        name = target.get_attribute("name")
        group = self.page.locator(f"input[type=radio][name='{name}']")
        for _ in range(TABS_AT_MOST):
            if group.evaluate_all("all => all.includes(document.activeElement)"):
                break
            self.page.keyboard.press("Tab")
        else:
            raise AssertionError(f"{TABS_AT_MOST} times Tab do not come to the group of {target}")
        self.page.keyboard.press("Space")
        for _ in range(group.count()):
            if target.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"the arrows do not come to {target}")

    def choose_first(self, target: Locator) -> None:
        """Choose the first option of a list that is none by itself."""
        self.go_to(target)
        before = target.input_value()
        self.page.keyboard.press("ArrowDown")
        assert target.input_value() != before

    def open(self, target: Locator) -> None:
        """Press what opens something on the page."""
        self.go_to(target)
        self.page.keyboard.press("Enter")

    def follow(self, target: Locator) -> None:
        """Press what leads to another page, and wait for it."""
        self.go_to(target)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

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
