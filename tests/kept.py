"""What all apps of a test process share as long as its source is the same: templates, rulebooks, readings."""

from collections.abc import Mapping
from functools import lru_cache

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from portal.evidence.limits import Drawn, Reading, draw, read
from portal.rulebook.loading import load
from portal.rulebook.rulebook import Rulebook

READINGS = 500  # of some kilobytes each, most of them the same few letters
RULEBOOKS = 8  # more than tests have at work at a time; each holds some megabytes


class KeptTemplates(BytecodeCache):
    """Jinja's cache of compiled templates, in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])  # checks the checksum of the source

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


def kept_rulebook(files: Mapping[str, str]) -> Rulebook:
    """Return the rulebook of `files`, which are loaded once: a rulebook never changes. Raises as `load`."""
    return _loaded(tuple(sorted(files.items())))


@lru_cache(maxsize=RULEBOOKS)
def _loaded(files: tuple[tuple[str, str], ...]) -> Rulebook:
    return load(dict(files))


@lru_cache(maxsize=READINGS)
def kept_reading(kind: str, content: bytes, *, seconds: int, mebibytes: int) -> Reading:
    """Return what came of opening `content`, which is opened once: it depends on nothing else.

    Raises as `read`; what is raised is not kept. The tests of the reading itself begin with nothing kept.
    """
    return read(kind, content, seconds=seconds, mebibytes=mebibytes)


@lru_cache(maxsize=READINGS)
def kept_drawing(
    kind: str, content: bytes, page: int, *, as_text: bool, seconds: int, mebibytes: int
) -> Drawn:
    """Return the page of `content`, which is drawn once. Raises as `draw`; what is raised is not kept."""
    return draw(kind, content, page, as_text=as_text, seconds=seconds, mebibytes=mebibytes)
