"""Writes small pictures of the demo's pages: `python -m tests.e2e.screenshots FOLDER`."""

import sys
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import sync_playwright

from portal.claims.model import Claim, ConsentLink
from tests.e2e.sample_house import Found
from tests.e2e.serving import Windows, served_sample
from tests.e2e.states import ADMIN, GLOBAL, PARTNER, POLICY, REVIEWER, STRANGER, Address

WIDTH, HEIGHT = 1280, 800
QUALITIES = (82, 65, 50, 35)  # the first that makes the picture small enough
BYTES_AT_MOST = 60_000  # a page that shows a dozen of them loads at once


@dataclass(frozen=True)
class Picture:
    """One picture: its name, who sees the page, and where it is."""

    name: str
    who: str
    at: Address
    scheme: str = "light"

    def address(self, found: Found) -> str:
        return self.at if isinstance(self.at, str) else self.at(found)


def draft(found: Found) -> str:
    return f"/claims/{found.claim('draft', Claim.activity.is_not(None))}/wizard/products"


def consent(found: Found) -> str:
    return found.consent(ConsentLink.answer.is_(None), ConsentLink.void_at.is_(None))


PICTURES = (
    Picture("sign-in", STRANGER, "/sign-in"),
    Picture("dashboard", PARTNER, "/claims"),
    Picture("dashboard-dark", PARTNER, "/claims", "dark"),
    Picture("claim", PARTNER, lambda found: f"/claims/{found.claim('partner_action_required')}"),
    Picture("claim-rejected", PARTNER, lambda found: f"/claims/{found.claim('rejected')}"),
    Picture("wizard", PARTNER, draft),
    Picture("queue", REVIEWER, "/reviews"),
    Picture("review", REVIEWER, lambda found: f"/reviews/{found.claim('under_review')}"),
    Picture("review-dark", REVIEWER, lambda found: f"/reviews/{found.claim('under_review')}", "dark"),
    Picture("consent", STRANGER, consent),
    Picture("policy", POLICY, "/policy"),
    Picture("people", GLOBAL, "/people"),
    Picture("deliveries", ADMIN, "/deliveries"),
)


def small(picture: bytes) -> bytes:
    """Return the picture at half its size as WebP, below BYTES_AT_MOST where any quality allows it."""
    image = Image.open(BytesIO(picture)).convert("RGB")
    image = image.resize((image.width // 2, image.height // 2), Image.Resampling.LANCZOS)
    written = b""
    for quality in QUALITIES:
        out = BytesIO()
        image.save(out, "WEBP", quality=quality, method=6)
        written = out.getvalue()
        if len(written) <= BYTES_AT_MOST:
            break
    return written


def main(folder: Path) -> None:
    """Write every picture into `folder`."""
    path = which("chromium")
    if path is None:
        sys.exit("Chromium is missing; install it with `apt-get install chromium`.")
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as place, sync_playwright() as playwright:
        print("Making sample data, which takes about a minute …")
        with served_sample(Path(place) / "shared", Path(place) / "own") as (found, address):
            browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
            windows = Windows(browser, found, address)
            for picture in PICTURES:
                context = windows.of(picture.who)
                page = context.new_page()
                page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
                page.emulate_media(color_scheme=picture.scheme)  # type: ignore[arg-type]  # light or dark
                page.goto(picture.address(found))
                content = small(page.screenshot())
                (folder / f"{picture.name}.webp").write_bytes(content)
                print(f"{picture.name}.webp, {len(content):,} bytes")
                context.close()
            browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
