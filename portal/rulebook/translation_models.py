"""The shape of translations/*.yaml: what customers read, in one other language."""

from portal.rulebook.models import Strict, Text


class TranslationsFile(Strict):
    texts: dict[
        str, Text
    ]  # place of the text, such as programs.activities.CODE.means → the same in the language
