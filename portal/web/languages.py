"""In which language a page is: chosen in its address, else asked for by the browser, else English."""

from collections.abc import Collection, Iterable

from flask import Flask, Response, current_app, g, has_request_context, request
from flask_babel import Babel, get_locale, refresh
from markupsafe import escape

from portal.languages.catalogs import spoken_everywhere
from portal.languages.numbers import money_in_words, number_in_words, percent_in_words, size_in_words
from portal.languages.offered import ENGLISH, LANGUAGES, between, first_offered, offered
from portal.languages.sentences import speak_as, unfilled, unfilled_of_many

CHOSEN = "lang"  # the parameter of the address, which links and forms carry on

_ENGLISH_ONLY = "portal_english_only"


def install_languages(app: Flask, translated: Iterable[str]) -> None:
    """Mark texts of templates for translation; pages of the blueprints `translated` are in all LANGUAGES.

    Every other page is in English, or in a language whose interface is translated, whatever else the
    browser asks for: a page is in one language, but for what the policy and people say. Templates get
    `language()`, the code for `lang` attributes, `languages`, `chosen_language()`, filters for numbers, and
    `together(…)`, which joins sentences as the page's language does.
    """
    outside = frozenset(translated)

    def among() -> Collection[str]:
        return LANGUAGES if request.blueprint in outside else spoken_everywhere()

    def selected() -> str:
        return ENGLISH if g.get(_ENGLISH_ONLY) else _wanted(among())

    Babel(app, locale_selector=selected)
    speak_as(language)
    app.jinja_env.install_gettext_callables(unfilled, unfilled_of_many, newstyle=True)  # type: ignore[attr-defined]  # the extension adds it
    app.jinja_env.filters["number"] = lambda value: number_in_words(value, language())
    app.jinja_env.filters["percent"] = lambda value: percent_in_words(value, language())
    app.jinja_env.filters["size"] = lambda value: size_in_words(value, language())
    app.jinja_env.filters["money"] = lambda minor, currency: money_in_words(minor, currency, language())
    app.jinja_env.globals["together"] = lambda *said: escape(between(language())).join(filter(None, said))
    app.jinja_env.globals["language"] = language
    app.jinja_env.globals["languages"] = LANGUAGES
    app.jinja_env.globals["chosen_language"] = chosen_language

    @app.after_request
    def tell_caches(response: Response) -> Response:
        if response.mimetype == "text/html" and len(among()) > 1:
            response.vary.add("Accept-Language")
            response.headers["Content-Language"] = language()
        return response


def language() -> str:
    """Return the code of the language that the page being answered is in."""
    if not has_request_context() or "babel" not in current_app.extensions:
        return ENGLISH  # background work, the shell, an app without pages
    found = get_locale()
    return str(found) if found else ENGLISH


def answer_in_english() -> None:
    """Make the page being answered English from here on, because its words are in no other language."""
    setattr(g, _ENGLISH_ONLY, True)
    refresh()


def chosen_language() -> str | None:
    """Return the language that the address names, None where it names none that is offered."""
    return offered(request.args.get(CHOSEN, ""))


def _wanted(among: Collection[str]) -> str:
    chosen = offered(request.args.get(CHOSEN, ""), among)
    return chosen or first_offered(request.accept_languages.values(), among)
