"""What every page of the portal must be, asked of each page that any test visits."""

import re
from collections import Counter
from typing import Any

from lxml import html

FIELDS_WITHOUT_LABEL = {"hidden", "submit", "button", "image", "reset"}
# htmx reads these words as places relative to the element, not as ids.
RELATIVE_TARGETS = ("this", "body", "closest ", "find ", "next", "previous")
EVENT_ATTRIBUTE = re.compile(r"^(data-hx-on|hx-on|on[a-z]+$)")


def faults_of_page(tree: html.HtmlElement, headers: Any) -> list[str]:
    """Return a sentence for each thing that is wrong with a whole page; an empty list means sound."""
    faults = faults_of_fragment(tree) + faults_of_headers(headers)
    if len(tree.xpath("//h1")) != 1:
        faults.append(f"There are {len(tree.xpath('//h1'))} h1 elements; a page has one.")
    if not tree.xpath("string(/html/@lang)"):
        faults.append("The html element names no language.")
    if not tree.xpath("normalize-space(//head/title)"):
        faults.append("The page has no title.")
    if len(tree.xpath("//main")) != 1:
        faults.append("A page has exactly one main element.")
    return faults + dangling_references(tree)


def dangling_references(tree: html.HtmlElement) -> list[str]:
    """Return a sentence for each reference to an id that the page does not have."""
    ids = set(tree.xpath("//@id"))
    faults = []
    for element in tree.xpath("//*[@data-hx-target]"):
        target = element.get("data-hx-target")
        if not target.startswith(RELATIVE_TARGETS) and target.removeprefix("#") not in ids:
            faults.append(f"data-hx-target {target!r} points to nothing.")
    for name in ("for", "aria-describedby", "aria-labelledby", "aria-controls", "form", "list"):
        for element in tree.xpath(f"//*[@{name}]"):
            faults += [
                f'{element.tag} has {name}="{one}", and nothing has that id.'
                for one in element.get(name).split()
                if one not in ids
            ]
    for link in tree.xpath("//a[starts-with(@href, '#')]"):
        if link.get("href") != "#" and link.get("href")[1:] not in ids:
            faults.append(f"The link {link.get('href')!r} leads nowhere.")
    return faults


def faults_of_fragment(tree: html.HtmlElement) -> list[str]:
    """Return a sentence for each thing that is wrong with a piece of a page, or with a page's body."""
    faults = [f"The id {one!r} stands {times} times." for one, times in repeated(tree.xpath("//@id"))]
    faults += [
        f"The field {field.get('name')!r} has no label."
        for field in tree.xpath("//input|//select|//textarea")
        if field.get("type") not in FIELDS_WITHOUT_LABEL and not is_labeled(tree, field)
    ]
    for form in tree.xpath("//form"):
        token = form.xpath(".//input[@type='hidden'][@name='csrf_token']/@value")
        if form.get("method", "get").lower() == "post" and not (token and token[0]):
            faults.append(f"The form to {form.get('action')!r} has no CSRF token.")
        if form.get("method", "get").lower() == "get" and token:
            faults.append(f"The form to {form.get('action')!r} would put its CSRF token into an address.")
    for control in tree.xpath("//button|//a[@href]"):
        if not (text_of(control) or control.get("aria-label") or control.xpath(".//@alt")):
            faults.append(f"A {control.tag} has no words: {html.tostring(control)[:120]!r}")
    faults += [f"An image has no alt: {image.get('src')!r}" for image in tree.xpath("//img[not(@alt)]")]
    return faults + faults_of_content_security(tree) + left_over_marks(tree)


def faults_of_content_security(tree: html.HtmlElement) -> list[str]:
    """Return what the strict policy would block: inline script, inline style, event attributes."""
    faults = []
    if tree.xpath("//script[not(@src)][not(@type='application/json')]"):
        faults.append("There is an inline script.")
    if tree.xpath("//style") or tree.xpath("//*[@style]"):
        faults.append("There is an inline style.")
    for element in tree.iter():
        if isinstance(element.tag, str):
            faults += [f"{element.tag} has {name}." for name in element.attrib if EVENT_ATTRIBUTE.match(name)]
    if tree.xpath("//@href[starts-with(translate(., 'JAVSCRIPT', 'javscript'), 'javascript:')]"):
        faults.append("There is a javascript: address.")
    return faults


def left_over_marks(tree: html.HtmlElement) -> list[str]:
    """Return what should never reach a reader: template marks, and Python's word for nothing."""
    faults = []
    for element in tree.iter():
        if not isinstance(element.tag, str) or element.tag in {"script", "textarea", "pre", "code"}:
            continue
        text = (element.text or "").strip()
        if "{{" in text or "{%" in text:
            faults.append(f"A template mark is left: {text[:80]!r}")
        if text in {"None", "True", "False", "[]", "{}"}:
            faults.append(f"A bare {text} is shown in a {element.tag}.")
    return faults


def faults_of_headers(headers: Any) -> list[str]:
    """Return what the answer's headers lack."""
    faults = []
    policy = headers.get("Content-Security-Policy", "")
    if "default-src" not in policy or "unsafe-" in policy:
        faults.append(f"The content security policy is missing or lax: {policy!r}")
    if "frame-ancestors 'none'" not in policy:
        faults.append("The content security policy lets other sites frame the page.")
    if headers.get("X-Content-Type-Options") != "nosniff":
        faults.append("X-Content-Type-Options: nosniff is missing.")
    if not headers.get("Referrer-Policy"):
        faults.append("Referrer-Policy is missing.")
    if "no-store" not in headers.get("Cache-Control", ""):
        faults.append("Cache-Control: no-store is missing; a shared machine would keep the page.")
    return faults


def is_labeled(tree: html.HtmlElement, field: html.HtmlElement) -> bool:
    """Tell whether a person who cannot see the page learns what the field is."""
    named = field.get("aria-label") or field.get("aria-labelledby")
    wrapped = [text_of(label) for label in field.xpath("ancestor::label")]
    pointed = [
        text_of(label)
        for label in tree.xpath("//label")
        if field.get("id") and label.get("for") == field.get("id")
    ]
    return bool(named or any(wrapped) or any(pointed))


def repeated(values: list[str]) -> list[tuple[str, int]]:
    """Return each value that stands more than once, with how often."""
    return [(value, times) for value, times in Counter(values).items() if times > 1]


def text_of(element: html.HtmlElement) -> str:
    """Return the text a reader sees, blanks run together."""
    return " ".join(element.text_content().split())
