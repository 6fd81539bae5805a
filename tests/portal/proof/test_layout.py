"""What stands in a ZIP file besides its listed files is found, however large the file says that it is."""

import io
import struct
import zipfile

from portal.proof.layout import holds_more


def written(*, streamed: bool = False, comment: bytes = b"") -> io.BytesIO:
    """Return a ZIP file with two files; streamed, it cannot say their sizes before them."""
    made = io.BytesIO()
    target = Streamed(made) if streamed else made
    with zipfile.ZipFile(target, "w") as whole:  # type: ignore[call-overload]  # writes only
        whole.writestr("a.txt", b"a" * 100)
        whole.writestr("b.txt", b"", zipfile.ZIP_DEFLATED)
        whole.comment = comment
    return made


class Streamed:
    def __init__(self, target: io.BytesIO) -> None:
        self._target = target

    def write(self, part: bytes) -> int:
        return self._target.write(part)

    def flush(self) -> None:
        """Nothing is held back."""


def more_in(made: io.BytesIO) -> bool:
    with zipfile.ZipFile(made) as whole:
        assert whole.fp is not None
        return holds_more(whole.fp, whole.infolist())


def far(made: io.BytesIO) -> io.BytesIO:
    """Return the file with an end as those have that are larger than four gigabytes."""
    content = made.getvalue()
    count, size, start = struct.unpack("<8xH2x2L2x", content[-22:])
    at = len(content) - 22
    end = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, start)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, at, 1)
    last = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, 2**32 - 1, 2**32 - 1, 0)
    return io.BytesIO(content[:at] + end + locator + last)


def test_a_file_with_its_files_alone_holds_no_more() -> None:
    assert not more_in(written())
    assert not more_in(written(streamed=True))
    assert not more_in(far(written(streamed=True)))


def test_a_comment_and_what_stands_before_is_more() -> None:
    assert more_in(written(comment=b"more"))
    assert more_in(io.BytesIO(b"more" + written().getvalue()))
    assert more_in(io.BytesIO(b"more" + far(written()).getvalue()))
