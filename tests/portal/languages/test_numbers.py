"""Numbers and amounts of money, as each language writes them."""

from decimal import Decimal

import pytest
from flask import Blueprint, Flask, render_template_string

from portal.languages.numbers import money_in_words, number_in_words, percent_in_words, size_in_words
from portal.web.languages import install_languages


@pytest.mark.parametrize(
    ("number", "language", "words"),
    [
        (0, "en", "0"),
        (999, "en", "999"),
        (12345, "en", "12,345"),
        (1234567, "en", "1,234,567"),
        (12345, "de", "12.345"),
        (12345, "fr", "12\u202f345"),
        (12345, "es", "12.345"),
        (12345, "ja", "12,345"),
    ],
)
def test_a_number_has_its_thousands_set_apart(number: int, language: str, words: str) -> None:
    assert number_in_words(number, language) == words


def test_numbers_are_english_unless_a_language_is_asked_for() -> None:
    assert number_in_words(10_000) == "10,000"
    assert money_in_words(123450, "EUR") == "EUR 1,234.50"


@pytest.mark.parametrize(
    ("minor", "currency", "words"),
    [
        (123450, "EUR", "EUR 1,234.50"),
        (5, "USD", "USD 0.05"),
        (0, "USD", "USD 0.00"),
        (-98000, "JPY", "−JPY 98,000"),
        (-1, "KWD", "−KWD 0.001"),
        (10**17, "USD", "USD 1,000,000,000,000,000.00"),
    ],
)
def test_money_is_told_to_its_smallest_unit(minor: int, currency: str, words: str) -> None:
    assert money_in_words(minor, currency) == words


@pytest.mark.parametrize(
    ("minor", "currency", "language", "words"),
    [
        (123450, "EUR", "de", "1.234,50 EUR"),
        (5, "USD", "de", "0,05 USD"),
        (-98000, "JPY", "de", "-98.000 JPY"),
        (123450, "EUR", "fr", "1\u202f234,50 EUR"),
        (-1, "KWD", "fr", "-0,001 KWD"),
        (123450, "EUR", "ja", "1,234.50 EUR"),
        (98000, "JPY", "ja", "98,000 JPY"),
        (10**17, "USD", "de", "1.000.000.000.000.000,00 USD"),
    ],
)
def test_other_languages_write_money_in_their_way(
    minor: int, currency: str, language: str, words: str
) -> None:
    assert money_in_words(minor, currency, language) == words


@pytest.mark.parametrize("language", ["en", "de", "ja"])
@pytest.mark.parametrize("minor", [1.5, "3", True, None])
def test_money_that_is_no_whole_number_is_a_mistake(minor: object, language: str) -> None:
    with pytest.raises(TypeError, match="whole number"):
        money_in_words(minor, "EUR", language)  # type: ignore[arg-type]  # the mistake itself


@pytest.mark.parametrize(
    ("size", "language", "words"),
    [
        (0, "en", "0 Bytes"),
        (1, "en", "1 Byte"),
        (999, "en", "999 Bytes"),
        (36_800, "en", "36.8 kB"),
        (36_800, "de", "36,8 kB"),
        (10_000_000, "en", "10.0 MB"),
        (2_500_000_000, "fr", "2,5 GB"),
    ],
)
def test_a_size_is_said_in_the_largest_unit_it_fills(size: int, language: str, words: str) -> None:
    assert size_in_words(size, language) == words


@pytest.mark.parametrize(
    ("language", "words"), [("en", "12,345, EUR 1,234.50, 1.5 kB"), ("de", "12.345, 1.234,50 EUR, 1,5 kB")]
)
def test_pages_write_numbers_in_their_language(language: str, words: str) -> None:
    app = Flask("numbers")
    install_languages(app, ["outside"])
    outside = Blueprint("outside", __name__)

    @outside.get("/")
    def page() -> str:
        return render_template_string('{{ 12345 | number }}, {{ 123450 | money("EUR") }}, {{ 1500 | size }}')

    app.register_blueprint(outside)
    assert app.test_client().get("/", headers={"Accept-Language": language}).text == words


@pytest.mark.parametrize(("language", "words"), [("en", "1,234.0"), ("de", "1.234,0")])
def test_a_decimal_number_has_a_digit_behind_the_point(language: str, words: str) -> None:
    assert number_in_words(Decimal("1234.0"), language) == words


@pytest.mark.parametrize(("language", "words"), [("en", "67%"), ("de", "67\u00a0%")])
def test_percentages_are_written_as_in_the_language(language: str, words: str) -> None:
    assert percent_in_words(67, language) == words
