"""Fetches the vendored scripts from npm anew: `python -m portal.web.vendoring`. Not used while serving."""

import base64
import hashlib
import io
import json
import subprocess
import tarfile
import tempfile
from pathlib import Path

from portal.web.static_files import STATIC

# The file's name here, its package with the version taken, and its place in the package.
TAKEN = (
    ("htmx.min.js", "htmx.org", "2.0.11", "package/dist/htmx.min.js"),
    ("response-targets.min.js", "htmx-ext-response-targets", "2.0.4", "package/dist/response-targets.min.js"),
)


def integrity_of(content: bytes) -> str:
    """Return what a browser holds a script against, as `sha384-…`."""
    return "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode("ascii")


def vendor(folder: Path) -> None:
    """Put every script of `TAKEN` into `folder` and write VENDOR.json beside them.

    Raises subprocess.CalledProcessError when npm cannot fetch a package.
    """
    listed = {}
    for name, package, version, member in TAKEN:
        content = _fetched(f"{package}@{version}", member)
        (folder / name).write_bytes(content)
        listed[name] = {
            "package": package,
            "version": version,
            "member": member,
            "integrity": integrity_of(content),
        }
    (folder / "VENDOR.json").write_text(json.dumps(listed, indent=2) + "\n", encoding="utf-8")


def _fetched(package: str, member: str) -> bytes:
    with tempfile.TemporaryDirectory() as place:
        packed = subprocess.run(  # noqa: S603  # constant words, run by a developer
            ["npm", "pack", "--silent", package],  # noqa: S607  # npm is where the developer has it
            cwd=place,
            check=True,
            capture_output=True,
            text=True,
        )
        archive = (Path(place) / packed.stdout.strip().splitlines()[-1]).read_bytes()
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        found = tar.extractfile(member)
        if found is None:
            # stays English: a developer reads it
            raise FileNotFoundError(f"{package} has no file {member}.")
        return found.read()


if __name__ == "__main__":
    vendor(STATIC / "vendor")
