"""Brings the translators' files up to date: new sentences stand in them empty, gone ones are taken out."""

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from portal.languages.catalogs import FOLDER
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


def extracted() -> Catalog:
    """Return every sentence that the templates and the code mark, with the files that it stands in."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    found = Catalog(charset="utf-8")
    for name, _line, message, comments, context in extract_from_dir(ROOT, methods, options):
        found.add(message, None, [(name, 0)], auto_comments=comments, context=context)
    return found


def updated(language: str, found: Catalog) -> Catalog:
    """Return the file of a language with the sentences of `found`; nothing is guessed."""
    path = FOLDER / language / "LC_MESSAGES" / "messages.po"
    known = Catalog(locale=language)
    if path.exists():
        with path.open("rb") as file:
            known = read_po(file, locale=language)
    made = Catalog(locale=language, charset="utf-8", fuzzy=False)
    for message in found:
        if message.id:
            old = known.get(message.id, message.context)
            said = old.string if old is not None else ""
            where = sorted(set(message.locations))
            made.add(message.id, said, where, context=message.context, flags=message.flags)
    return made


def main() -> None:
    """Write the file of each language again."""
    found = extracted()
    for language in LANGUAGES:
        if language == ENGLISH:
            continue
        path = FOLDER / language / "LC_MESSAGES" / "messages.po"
        path.parent.mkdir(parents=True, exist_ok=True)
        made = updated(language, found)
        with path.open("wb") as file:
            file.write(HEADER.format(code=language, plurals=made.plural_forms).encode())
            write_po(file, made, width=WIDTH, omit_header=True, include_lineno=False)


if __name__ == "__main__":
    main()
