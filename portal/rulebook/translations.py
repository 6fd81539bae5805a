"""What customers read of the rule files, in other languages: which texts those are, and what is missing."""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from portal.languages.offered import ENGLISH, LANGUAGES
from portal.rulebook import closed_names as closed
from portal.rulebook.documents import Path
from portal.rulebook.notes import Notes
from portal.rulebook.parts import TRANSLATIONS, Parts
from portal.rulebook.problems import closest
from portal.rulebook.templates import placeholders
from portal.rulebook.wording import listed

FOREIGN = tuple(code for code in LANGUAGES if code != ENGLISH)
ALWAYS_IN_FORCE = ("roles", "notifications")  # files of which every claim has the newest

# (language, file without its ending, English text) → translated text
Texts = Mapping[tuple[str, str, str], str]


class Translations:
    """The translated texts of one policy version, found by the English text that they translate.

    So a text that stands in several places of a file is translated once, and a claim that is pinned to
    an older version is spoken of in the newest translation of every text that has not changed since.
    """

    def __init__(self, texts: Texts) -> None:
        self.texts = texts

    def of(self, file: str, text: str, language: str) -> str:
        """Return `text` of `file` (`programs`, `lifecycle`, …) in `language`; as it is where nobody did."""
        return self.texts.get((language, file, text), text)

    def knows(self, file: str, text: str, language: str) -> bool:
        """Tell whether somebody translated `text` of `file`."""
        return (language, file, text) in self.texts

    def with_current(self, current: "Translations") -> "Translations":
        """Return these with those of the version in force, where it always counts or these lack one."""
        newest = {key: text for key, text in current.texts.items() if key[1] in ALWAYS_IN_FORCE}
        return Translations({**current.texts, **self.texts, **newest})


def read_by_customers(parts: Parts) -> dict[str, str]:
    """Return every text of the rule files that a customer reads: its place → the English text."""
    return {place: text for place, text in _texts(parts) if text is not None}


def translations_of(parts: Parts) -> Translations:
    """Return the translations of `parts`, whose places were checked."""
    english = read_by_customers(parts)
    return Translations(
        {
            (_language(file), _root(place), english[place]): text
            for file, model in parts.translations.items()
            for place, text in model.texts.items()
        }
    )


def missing_translations(parts: Parts) -> list[str]:
    """Return a sentence for each text that customers of a language read in English; none is a mistake."""
    known, english = translations_of(parts), read_by_customers(parts)
    notes = []
    for language in FOREIGN:
        file = f"{TRANSLATIONS}{language}.yaml"
        lacking = [place for place, text in english.items() if not known.knows(_root(place), text, language)]
        if lacking and file not in parts.translations:
            notes.append(f"There is no {file}, so customers read the rules' texts in English there.")
        else:
            notes += [f"{file} lacks {place}, so customers read that text in English." for place in lacking]
    return notes


def check_translations(parts: Parts, notes: Notes) -> None:
    """Check languages, places and placeholders of every translation into `notes`."""
    english = read_by_customers(parts)
    for file, model in parts.translations.items():
        if _language(file) not in FOREIGN:
            _unknown_language(file, notes)
            continue
        first: dict[tuple[str, str], str] = {}  # (file, English text) → the place that translates it
        for place, text in model.texts.items():
            path: Path = ("texts", place)
            notes.unknown(file, path, "text for customers", place, english, key=True)
            if place in english:
                _check_placeholders(file, path, english[place], text, notes)
                earlier = first.setdefault((_root(place), english[place]), place)
                if model.texts[earlier] != text:
                    sentence = (
                        f"{earlier} has the same English text and reads otherwise here: write one of both"
                    )
                    notes.problem(file, path, sentence)


def _unknown_language(file: str, notes: Notes) -> None:
    language = _language(file)
    if language == ENGLISH:
        sentence = "the rule files themselves are in English: change the text there, and delete this file"
        notes.problem(file, (), sentence)
        return
    sentence = (
        f"the portal offers no language {language}: name the file {listed(FOREIGN, 'or')}, or delete it"
    )
    notes.problem(file, (), sentence, closest(language, FOREIGN))


def _check_placeholders(file: str, path: Path, english: str, text: str, notes: Notes) -> None:
    wanted = {name for name, _ in placeholders(english)}
    found = {name for name, _ in placeholders(text)}
    for name, index in placeholders(text):
        if name not in wanted:
            sentence = f"the English text has no {{{name}}}, so nothing would be filled in: take it out"
            notes.text(file, path, text, index - 1, sentence, closest(name, wanted))
    lost = sorted(wanted - found)
    if lost and found <= wanted:
        names = listed([f"{{{name}}}" for name in lost])
        notes.problem(file, path, f"{names} of the English text is missing here: write it where it belongs")


def _texts(parts: Parts) -> Iterator[tuple[str, str | None]]:
    yield "policy.label", parts.policy.label
    yield "policy.time_zone_label", parts.policy.time_zone_label
    for code, activity in parts.programs.activities.items():
        for key in ("label", "means", "counts_for", "customer_reads"):
            yield f"programs.activities.{code}.{key}", getattr(activity, key)
    for name, transition in parts.lifecycle.transitions.items():
        if transition.by == closed.CUSTOMER:
            for key in ("label", "means", "confirm"):
                yield f"lifecycle.transitions.{name}.{key}", getattr(transition, key)
    for event, mails in parts.notifications.events.items():
        for number, mail in enumerate(mails, start=1):
            if mail.to == closed.CUSTOMER:
                for key in ("subject", "lead", "next"):
                    yield f"notifications.events.{event}.{number}.{key}", getattr(mail, key)


def _language(file: str) -> str:
    return PurePosixPath(file).stem


def _root(place: str) -> str:
    return place.partition(".")[0]
