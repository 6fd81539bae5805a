"""What somebody does on a page to bring it into a state, whatever the page's controls look like."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, Response

Step = Callable[[Page], None]

# Brings whatever the form lies in into view: a folded part, or a dialog.
REVEAL = """form => {
  for (let one = form; one; one = one.parentElement) {
    if (one instanceof HTMLDetailsElement) one.open = true;
    if (one instanceof HTMLDialogElement && !one.open) one.showModal();
  }
}"""
SEND = """([form, values]) => {
  form.noValidate = true;
  for (const [name, value] of Object.entries(values)) {
    const fields = [...form.elements].filter((field) => field.name === name);
    if (!fields.length) throw new Error(`The form has no field ${name}.`);
    for (const field of fields) {
      if (["checkbox", "radio"].includes(field.type)) field.checked = [value].flat().includes(field.value);
      else field.value = value;
    }
  }
  window.isLeft = true;
  form.requestSubmit();
}"""
OPEN_ALL = "() => document.querySelectorAll('main details').forEach((one) => { one.open = true; })"


def form_of(page: Page, noun: str, **told: str) -> Locator:
    """Return the form that is sent to an address ending in `noun`, with hidden fields as `told`."""
    found = page.locator(f"form[action$='/{noun}']")
    for name, value in told.items():
        found = found.filter(has=page.locator(f"input[type=hidden][name={name}][value='{value}']"))
    return found.first


def all_open(page: Page) -> None:
    """Open every folded part of the page."""
    page.evaluate(OPEN_ALL)


def pressed(css: str) -> Step:
    """Press what `css` finds, where that leads to no other page."""
    return lambda page: page.locator(css).first.click()


def opened(noun: str, **told: str) -> Step:
    """Show the form that is sent to `noun`, as somebody does who pressed its button."""

    def step(page: Page) -> None:
        form_of(page, noun, **told).evaluate(REVEAL)

    return step


def sent(noun: str, *, told: dict[str, str] | None = None, **values: Any) -> Step:
    """Fill the form that is sent to `noun` and send it, past what the browser itself would refuse."""

    def step(page: Page) -> None:
        form = form_of(page, noun, **(told or {}))
        form.evaluate(REVEAL)
        send(page, form, values)

    return step


def stale(noun: str, **values: Any) -> Step:
    """Send the form to `noun` as it was before the last change of the claim."""
    return sent(noun, version="1", **values)


def sent_form(css: str, **values: Any) -> Step:
    """Fill the form that `css` finds and send it."""

    def step(page: Page) -> None:
        send(page, page.locator(css).first, values)

    return step


def send(page: Page, form: Locator, values: dict[str, Any]) -> None:
    """Send the form and wait for its answer: another page, or what htmx put in its place."""
    with page.expect_response(_answers_form) as answered:
        form.evaluate("(form, values) => (" + SEND + ")([form, values])", values)
    if answered.value.request.is_navigation_request():
        page.wait_for_function("() => !window.isLeft && document.readyState === 'complete'")
    else:
        page.wait_for_function("() => !document.querySelector('.htmx-request, .htmx-swapping')")


def _answers_form(response: Response) -> bool:
    return response.request.resource_type in ("document", "xhr", "fetch") and response.status not in range(
        300, 400
    )


def asked_by_htmx(address: str) -> Step:
    """Let htmx ask for `address`, so that the page shows what becomes of the answer."""

    def step(page: Page) -> None:
        with page.expect_response(lambda response: urlsplit(response.url).path == urlsplit(address).path):
            page.evaluate("address => { htmx.ajax('GET', address, { target: '#main' }); }", address)
        page.wait_for_function("() => document.querySelector('#flashes').children.length > 0")

    return step


def chosen_file(noun: str, name: str, content: bytes, **values: Any) -> Step:
    """Choose a file in the form that is sent to `noun` and send it."""

    def step(page: Page) -> None:
        form = form_of(page, noun).filter(has=page.locator("input[type=file]")).first
        field = page.locator(f"form[action$='/{noun}'] input[type=file]").first
        field.set_input_files({"name": name, "mimeType": "application/pdf", "buffer": content})
        form.evaluate(REVEAL)
        send(page, field.locator("xpath=ancestor::form"), values)

    return step


def picked_file(name: str, content: bytes) -> Step:
    """Choose a file where a script takes it at once, and wait for what comes of it."""

    def step(page: Page) -> None:
        field = page.locator("main input[type=file]").first
        field.set_input_files({"name": name, "mimeType": "application/pdf", "buffer": content})
        page.wait_for_load_state("networkidle")

    return step
