"""How numbers and amounts of money are written in each language."""

from decimal import Decimal

from babel.numbers import format_currency, format_decimal, format_percent

from portal.languages.offered import ENGLISH

# Digits behind the point of currencies that have not two of them, by ISO 4217.
DIGITS = (
    dict.fromkeys(
        ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV"), 0
    )
    | dict.fromkeys(("XAF", "XOF", "XPF"), 0)
    | dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3)
    | dict.fromkeys(("CLF", "UYW"), 4)
)

THOUSAND = 1000


def number_in_words(value: int | Decimal, language: str = ENGLISH) -> str:
    """Return a number with its thousands set apart: "10,000", "10.000"; of a decimal one a digit behind."""
    return format_decimal(value, "#,##0.0" if isinstance(value, Decimal) else None, locale=language)


def percent_in_words(percent: int, language: str = ENGLISH) -> str:
    """Return a whole percentage as "67%" or "67 %"."""
    return format_percent(Decimal(percent) / 100, locale=language)


def size_in_words(size: int, language: str = ENGLISH) -> str:
    """Return a number of bytes as "512 Bytes", "36.8 kB" or "2.5 MB", of a thousand each."""
    if size < THOUSAND:
        # stays English: they are called so in every language offered
        return "1 Byte" if size == 1 else f"{size} Bytes"
    value, unit = size / THOUSAND, "kB"
    for larger in ("MB", "GB", "TB"):
        if value < THOUSAND:
            break
        value, unit = value / THOUSAND, larger
    return f"{format_decimal(value, '0.0', locale=language)} {unit}"


def money_in_words(minor: int, currency: str, language: str = ENGLISH) -> str:
    """Return an amount of `currency` (ISO 4217), given in its smallest unit, as "EUR 1,234.50".

    The currency is said by its code in every language. Raises TypeError for anything but a whole number:
    money is never a float.
    """
    if type(minor) is not int:
        raise TypeError(f"Money is a whole number of the smallest unit, not {minor!r}.")
    digits = DIGITS.get(currency, 2)
    if language == ENGLISH:  # the code before the amount, and the minus before both
        whole, rest = divmod(abs(minor), 10**digits)
        written = f"{whole:,}.{rest:0{digits}d}" if digits else f"{whole:,}"
        return f"{'−' if minor < 0 else ''}{currency} {written}"
    pattern = "#,##0." + "0" * digits if digits else "#,##0"
    amount = Decimal(minor).scaleb(-digits)
    return format_currency(amount, currency, f"{pattern} ¤¤", locale=language, currency_digits=False)
