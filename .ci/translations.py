"""Brings the translators' files up to date: new sentences stand in them empty, gone ones are taken out.

Sentences of OUTSIDE_FILES go to `messages.po` of every language, all others to `interface.pot`. Whoever
translates the interface copies that to `<language>/LC_MESSAGES/interface.po`, which is kept up to date from
then on.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from portal.languages.catalogs import FOLDER, INTERFACE, OUTSIDE, path_of
from portal.languages.offered import ENGLISH, LANGUAGES

ROOT = Path(__file__).resolve().parents[1]
WIDTH = 110
# Without a date, so that the same sentences make the same file.
HEADER = """msgid ""
msgstr ""
"Language: {code}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"

"""


# What people outside read, who are spoken to in all LANGUAGES.
OUTSIDE_FILES = (
    "portal/claims/mails.py",
    "portal/consent/",
    "portal/languages/",
    "templates/consent/",
    "templates/layouts/page.html",
    "templates/layouts/_footer.html",
    "templates/mail/_layout.html",
    "templates/mail/consent_request.",
)
KEYWORDS = {**DEFAULT_KEYWORDS, "lazy_gettext": None}


def extracted() -> tuple[Catalog, Catalog]:
    """Return the sentences that the templates and the code mark: those for people outside, and the others."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    outside, interface = Catalog(charset="utf-8"), Catalog(charset="utf-8")
    found = list(extract_from_dir(ROOT, methods, options, keywords=KEYWORDS))
    read = {message for name, _line, message, _comments, _context in found if name.startswith(OUTSIDE_FILES)}
    for name, _line, message, comments, context in found:
        domain = outside if message in read else interface
        domain.add(message, None, [(name, 0)], auto_comments=comments, context=context)
    return outside, interface


def updated(language: str | None, found: Catalog) -> bytes:
    """Return the file of a language with the sentences of `found`, or of none; nothing is guessed."""
    known = _known(language) if language else {}
    made = Catalog(locale=language, charset="utf-8", fuzzy=False)
    for message in found:
        if message.id:
            old = known.get((message.id, message.context))
            said, doubtful = (old.string, old.flags & {"fuzzy"}) if old else ("", set())
            where = sorted(set(message.locations))
            made.add(message.id, said, where, context=message.context, flags=message.flags | doubtful)
    written = BytesIO()
    written.write(HEADER.format(code=language or "", plurals=made.plural_forms if language else "").encode())
    write_po(written, made, width=WIDTH, omit_header=True, include_lineno=False)
    return written.getvalue()


def _known(language: str) -> dict[tuple[object, object], Message]:
    """Return what is said in a language, in whichever of its files: a sentence may move between them."""
    found = {}
    for path in (path_of(language, INTERFACE), path_of(language, OUTSIDE)):
        if path.exists():
            with path.open("rb") as file:
                found |= {(one.id, one.context): one for one in read_po(file, locale=language)}
    return found


def files() -> Iterator[tuple[Path, bytes]]:
    """Yield each file of the translators, with what it has to hold."""
    outside, interface = extracted()
    template = FOLDER / f"{INTERFACE}.pot"
    yield template, updated(None, interface)
    for language in LANGUAGES:
        if language != ENGLISH:
            path = path_of(language, OUTSIDE)
            yield path, updated(language, outside)
            if (path := path_of(language, INTERFACE)).exists():
                yield path, updated(language, interface)


def main() -> None:
    """Write each file again."""
    for path, held in files():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(held)


if __name__ == "__main__":
    main()
