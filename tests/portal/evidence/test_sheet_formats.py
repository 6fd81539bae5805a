"""Which formats of a workbook show what is not in the cell, and which are those of amounts and days."""

import pytest

from portal.evidence.sheet_formats import adds_to_numbers, adds_to_texts, fills_with_zeros

CURRENCIES = frozenset({"EUR", "CHF", "JPY"})


@pytest.mark.parametrize(
    "code",
    [
        '"SUB-"0',
        '"SUB-"General',
        '"SUB-"@',
        '0"-A"',
        r"\S\U\B\-0",
        '"SUB"0;-0',
        '0;"minus "0',
        r"#\-####",
        '"EURO"0',
        '"EURX" 0',
        '"No. "0',
        '#0;[Red]"SUB-"0',
        '[>99]"L-"0;0',
        '"#"0',
        '"SUB-"00000',
        '_-"SUB-"* 0_-',
        '"SUB-"#,##0',
        '"SUB-"0.00',
        '"SUB "#,##0.00',
        '#,##0"-A"',
        '#,##0.0,"k"',  # 1500 is seen as 1.5k
        '#,##0;"SUB-"#,##0',
        '"R"0',
        '"EUR-"#,##0',
    ],
)
def test_a_text_that_is_not_in_the_cell_is_found(code: str) -> None:
    assert adds_to_numbers(code, CURRENCIES)


@pytest.mark.parametrize(
    "code",
    [
        "General",
        "0",
        "@",
        "#,##0.00",
        "0%",
        "0.0%",
        '0 "%"',
        "0.00E+00",
        "##0.0E+0",
        "# ?/?",
        '#,##0.00 "€"',
        r'#,##0.00\ "€"',
        '"$"#,##0_);[Red]("$"#,##0)',
        "[$€-407] #,##0.00",
        "[$EUR] 0",
        '0 "EUR"',
        '"CHF "0',
        '"¥"0',
        "€ 0",
        '"Fr. "#,##0.00',
        '"kr" #,##0.00',
        r'#,##0.00\ "zł"',
        r'"R$"\ #,##0.00;[Red]\-"R$"\ #,##0.00',
        '"US$" 0',
        '#,##0.00 "S/."',
        r"#\ ##0",
        "#'##0",
        r"[>=10000000]##\,##\,##\,##0;[>=100000]##\,##\,##0;##,##0",
        r'_-* #,##0.00\ "€"_-;\-* #,##0.00\ "€"_-;_-* "-"??\ "€"_-;_-@_-',
        '"Q"yyyy',
        "yyyy-mm-dd",
        'd"." mmmm yyyy',
        "[h]:mm",
        '0;-0;"none"',
        ";;;",
    ],
)
def test_amounts_shares_and_days_are_no_texts(code: str) -> None:
    assert not adds_to_numbers(code, CURRENCIES)


@pytest.mark.parametrize(
    ("code", "adds"),
    [("@", False), ("General", False), ('"SUB-"@', True), ('0;-0;0;@"-A"', True), ('"SUB-"0', False)],
)
def test_texts_may_be_shown_with_more_as_well(code: str, *, adds: bool) -> None:
    assert adds_to_texts(code, CURRENCIES) == adds


@pytest.mark.parametrize(("code", "fills"), [("00000", True), ('"No. 00"0', False), ("0.00", False)])
def test_zeros_before_a_number_are_found(code: str, *, fills: bool) -> None:
    assert fills_with_zeros(code) == fills
