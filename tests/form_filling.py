"""Fills a form as a browser does: every field of the page goes along, and only fields that are there."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import html

from tests.page_checks import text_of


@dataclass(frozen=True)
class File:
    """A file somebody chooses in a form."""

    name: str
    content: bytes

    @classmethod
    def from_path(cls, path: Path) -> "File":
        return cls(path.name, path.read_bytes())


Given = str | bool | File | Iterable[str] | Iterable[File]


@dataclass(frozen=True)
class Filled:
    """What a browser would send: pairs in the order of the page, files apart."""

    method: str
    action: str
    values: list[tuple[str, str]]
    files: list[tuple[str, File]]


def find_form(tree: html.HtmlElement, locator: str) -> tuple[html.HtmlElement, html.HtmlElement | None]:
    """Return the one form that `locator` names, and the button that sends it.

    `locator` is the text of a button, a form's "#id", or "/the/end/of/its/action". Raises
    AssertionError where none or several fit, or where the button is disabled.
    """
    found = []
    for button in tree.xpath("//button[not(@type) or @type='submit']|//input[@type='submit']"):
        form = form_of(tree, button)
        if form is None:
            continue
        words = button.get("value", "") if button.tag == "input" else text_of(button)
        names = {words, button.get("aria-label"), f"#{form.get('id')}"}
        action = form.get("action", "").split("?")[0]
        if locator in names or (locator.startswith("/") and action.endswith(locator)):
            found.append((form, button))
    forms = {id(form) for form, _ in found}
    assert found, f"No form is sent by {locator!r}; there are {buttons(tree)}."
    assert len(forms) == 1, f"{len(forms)} forms fit {locator!r}; name one by its id."
    form, button = found[0]
    assert button.get("disabled") is None, f"The button {locator!r} is disabled."
    return form, button


def form_of(tree: html.HtmlElement, field: html.HtmlElement) -> html.HtmlElement | None:
    """Return the form a field or button belongs to, as `form=` or its place says."""
    owner = field.get("form")
    forms = tree.xpath("//form[@id=$id]", id=owner) if owner else field.xpath("ancestor::form")
    return forms[0] if forms else None


def buttons(tree: html.HtmlElement) -> list[str]:
    """Return the words of every button, disabled ones marked."""
    return [
        text_of(button) + (" (disabled)" if button.get("disabled") is not None else "")
        for button in tree.xpath("//button")
    ]


def fill(tree: html.HtmlElement, locator: str, given: dict[str, Given]) -> Filled:
    """Return what a browser sends when somebody fills `given` in and presses the button.

    A checkbox takes True, False, or the values to check of those that share its name; other fields
    take the text, or the value of the option. Raises AssertionError for a field, an option or a
    value that the page does not offer.
    """
    form, button = find_form(tree, locator)
    fields = [
        field
        for field in tree.xpath("//input|//select|//textarea")
        if form_of(tree, field) is form and field.get("name") and not is_disabled(field)
    ]
    names = {field.get("name") for field in fields}
    unknown = set(given) - names
    assert not unknown, f"The form {locator!r} has no field {sorted(unknown)}; it has {sorted(names)}."
    check_choices(fields, given)
    values: list[tuple[str, str]] = []
    files: list[tuple[str, File]] = []
    for field in fields:
        name = field.get("name")
        if field.get("type") == "file":
            files += [(name, file) for file in files_given(given.get(name))]
        else:
            values += [(name, value) for value in values_of(field, given.get(name))]
    if button is not None and button.get("name"):
        values.append((button.get("name"), button.get("value", "")))
    return Filled(form.get("method", "get").lower(), form.get("action", ""), values, files)


def is_disabled(field: html.HtmlElement) -> bool:
    return bool(field.xpath("@disabled|ancestor::fieldset/@disabled"))


def values_of(field: html.HtmlElement, given: Given | None) -> list[str]:
    """Return the values that one field adds to what is sent."""
    kind = field.get("type", "text") if field.tag == "input" else field.tag
    if kind in {"submit", "button", "image", "reset"}:
        return []
    if kind in {"checkbox", "radio"}:
        value = field.get("value", "on")
        checked = field.get("checked") is not None if given is None else is_chosen(value, given)
        return [value] if checked else []
    if kind == "select":
        chosen = [option.get("value", text_of(option)) for option in field.xpath(".//option[@selected]")]
        options = [option.get("value", text_of(option)) for option in field.xpath(".//option")]
        if given is not None:
            return [value for value in options if is_chosen(value, given)]
        return chosen or ([] if field.get("multiple") is not None else options[:1])
    if given is not None:
        assert isinstance(given, str), f"The field {field.get('name')!r} takes a text, not {given!r}."
        return [given]
    return [(field.text or "").removeprefix("\n") if kind == "textarea" else field.get("value", "")]


def check_choices(fields: list[html.HtmlElement], given: dict[str, Given]) -> None:
    """Raise AssertionError where something is chosen that the page does not offer."""
    for name, wanted in given.items():
        offered: set[str] | None = None
        for field in fields:
            if field.get("name") != name:
                continue
            if field.tag == "select":
                offered = {option.get("value", text_of(option)) for option in field.xpath(".//option")}
            elif field.get("type") in {"checkbox", "radio"}:
                offered = (offered or set()) | {field.get("value", "on")}
        if offered is not None and not isinstance(wanted, bool):
            asked = {wanted} if isinstance(wanted, str) else set(wanted)  # type: ignore[arg-type]  # not a File
            assert asked <= offered, f"{name!r} offers {sorted(offered)}, not {asked - offered}."


def is_chosen(value: str, given: Given) -> bool:
    """Tell whether `given` checks the box or picks the option of `value`."""
    if isinstance(given, bool):
        return given
    if isinstance(given, str):
        return value == given
    return value in list(given)  # type: ignore[arg-type]  # a File is never given for a choice


def files_given(given: Given | None) -> list[File]:
    """Return the files chosen; none is what an untouched field sends."""
    if given is None:
        return []
    if isinstance(given, File):
        return [given]
    chosen: list[Any] = [] if isinstance(given, (str, bool)) else list(given)
    assert all(isinstance(one, File) for one in chosen), f"A file field takes files, not {given!r}."
    return chosen
