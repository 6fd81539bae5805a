"""How a ZIP file is laid out: whether anything stands in it besides the files that its list names.

Programs that read from the top, without the list, would take what stands between the files for one of them.
"""

import struct
import zipfile
from typing import IO

# By APPNOTE: the lengths of what stands before a file's content, what may stand behind it, and the end.
_BEFORE, _BEHIND = struct.Struct("<26x2H"), frozenset({12, 16, 20, 24})
_END, _FAR_END = struct.Struct("<4s8x2LH"), struct.Struct("<4s36x2Q20x")
_FAR = 2**32 - 1  # what the end says where the true number stands in the far end
_HAS_BEHIND = 8  # the flag of a file whose size stands behind it
_NOTHING = frozenset({0})


def holds_more(fp: IO[bytes], files: list[zipfile.ZipInfo]) -> bool:
    """Tell whether the ZIP file holds anything besides the `files` of its list, and the list itself."""
    at, may_follow = 0, _NOTHING
    try:
        last, listed_from, listed_to = _listed(fp)
        for one in sorted(files, key=lambda one: one.header_offset):
            if one.header_offset - at not in may_follow:
                return True
            at = _end_of(fp, one)
            may_follow = _BEHIND if one.flag_bits & _HAS_BEHIND else _NOTHING
    except struct.error:
        return True
    return listed_to != last or listed_from - at not in may_follow


def _end_of(fp: IO[bytes], one: zipfile.ZipInfo) -> int:
    fp.seek(one.header_offset)
    name, extra = _BEFORE.unpack(fp.read(_BEFORE.size))
    return one.header_offset + _BEFORE.size + int(name) + int(extra) + one.compress_size


def _listed(fp: IO[bytes]) -> tuple[int, int, int]:
    """Return where the file's end begins, and from where to where it says that the list stands."""
    end = fp.seek(0, 2) - _END.size
    fp.seek(max(end, 0))
    sign, size, start, comment = _END.unpack(fp.read(_END.size))
    if sign != b"PK\5\6" or comment:
        return end, 0, -1
    if _FAR in (size, start):
        end -= _FAR_END.size
        fp.seek(max(end, 0))
        sign, size, start = _FAR_END.unpack(fp.read(_FAR_END.size))
    return end, int(start), int(start + size)
