"""How countries are called in each language."""

from babel import Locale, UnknownLocaleError

from portal.languages.offered import ENGLISH


def country_in_words(code: str, language: str = ENGLISH) -> str:
    """Return the country of a calendar's code, such as "US" or "DE-BY", by name, an unknown one as it is."""
    try:
        names = Locale.parse(language, sep="-").territories
    except (UnknownLocaleError, ValueError):
        return code
    return str(names.get(code.partition("-")[0], code))
