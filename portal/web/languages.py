"""In which language a page is: chosen in its address, else asked for by the browser, else English."""

from collections.abc import Iterable

from babel.support import NullTranslations
from flask import Flask, Response, g, request
from flask_babel import Babel, Domain, get_locale, refresh

from portal.languages.catalogs import catalog
from portal.languages.offered import ENGLISH, LANGUAGES, first_offered, offered

CHOSEN = "lang"  # the parameter of the address, which links and forms carry on

_ENGLISH_ONLY = "portal_english_only"


class Catalogs(Domain):  # type: ignore[misc]  # flask-babel ships no types
    """Gives flask-babel the catalogs that mails are written from too."""

    def get_translations(self) -> NullTranslations:
        return catalog(language())


def install_languages(app: Flask, translated: Iterable[str]) -> None:
    """Mark texts of templates for translation; pages of the blueprints `translated` are in all LANGUAGES.

    Every other page is in English whatever the browser asks for, so that no page mixes languages.
    Templates get `language()`, the code for `lang` attributes, `languages`, and `chosen_language()`.
    """
    spoken = frozenset(translated)

    def selected() -> str:
        return _wanted() if request.blueprint in spoken and not g.get(_ENGLISH_ONLY) else ENGLISH

    babel = Babel(app, locale_selector=selected)
    babel.domain_instance = Catalogs()
    app.jinja_env.globals["language"] = language
    app.jinja_env.globals["languages"] = LANGUAGES
    app.jinja_env.globals["chosen_language"] = chosen_language

    @app.after_request
    def tell_caches(response: Response) -> Response:
        if request.blueprint in spoken:
            response.vary.add("Accept-Language")
            response.headers["Content-Language"] = language()
        return response


def language() -> str:
    """Return the code of the language that the page being answered is in."""
    found = get_locale()
    return str(found) if found else ENGLISH


def answer_in_english() -> None:
    """Make the page being answered English from here on, because its words are in no other language."""
    setattr(g, _ENGLISH_ONLY, True)
    refresh()


def chosen_language() -> str | None:
    """Return the language that the address names, None where it names none that is offered."""
    return offered(request.args.get(CHOSEN, ""))


def _wanted() -> str:
    return chosen_language() or first_offered(request.accept_languages.values())
