"""What parts of an address may be."""

from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

# A larger number fits no column; without the bound it would be an error of the database.
LARGEST_ID = 2**63 - 1


class IdConverter(IntegerConverter):
    """A row's id: a whole number that the database can hold."""

    def __init__(self, map: Map, *args: Any, **options: Any) -> None:  # noqa: A002  # werkzeug's name
        super().__init__(map, *args, **{"max": LARGEST_ID, **options})


def install_converters(app: Flask) -> None:
    """Bound `<int:…>` in the app's routes."""
    app.url_map.converters["int"] = IdConverter
