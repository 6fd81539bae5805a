"""What parts of an address may be."""

from collections.abc import Mapping
from typing import Any

from flask import Flask
from werkzeug.routing import BaseConverter, IntegerConverter, Map

# A larger number fits no column; without the bound it would be an error of the database.
LARGEST_ID = 2**63 - 1


class IdConverter(IntegerConverter):
    """A row's id: a whole number that the database can hold."""

    def __init__(self, map: Map, *args: Any, **options: Any) -> None:  # noqa: A002  # werkzeug's name
        super().__init__(map, *args, **{"max": LARGEST_ID, **options})


def install_converters(app: Flask, patterns: Mapping[str, str] | None = None) -> None:
    """Bound `<int:…>` in the app's routes, and add a converter for each name of `patterns`.

    A pattern is a regular expression without groups; an address that does not fit is not there.
    """
    app.url_map.converters["int"] = IdConverter
    for name, pattern in (patterns or {}).items():
        app.url_map.converters[name] = type(f"{name}_converter", (BaseConverter,), {"regex": pattern})
