"""How long importing earnings takes, and what memory it needs: a file of 100 lines beside one of 100,000.

Run: .venv/bin/python -m benchmarks.imports [LINES]
Each file is imported by `portal import` in a process of its own, into a copy of the sample's data. The
figures of one run are to be compared with each other, not with those of another machine.
"""

import json
import os
import random
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from rustpy_xlsxwriter import write_worksheet

from benchmarks.pages import RULES
from portal.app import create_app
from portal.db import db
from portal.sample.loading import load_sample
from portal.settings import SQLITE_FILE, Settings, read_settings

FEW, MANY = 100, 100_000
RUN = "import sys; from portal.cli import main\ntry:\n    main(sys.argv[1:], standalone_mode=False)\n"
# The peak of this process alone; what the system tells of a child begins with that of its parent.
PEAK = (
    "finally:\n    told = open('/proc/self/status').read()\n"
    "    print(told.split('VmHWM:')[1].split()[0], file=sys.stderr)\n"
)
CLAIMED = """
    select claims.number, customers.tenant_id, product, subscription_id from claims
    join customers on customers.id = claims.customer_id
    join claim_products on claim_products.claim_id = claims.id
    where claims.id in (select claim_id from associations)
"""


def lines(data: Path, count: int) -> list[dict[str, str]]:
    """Return `count` lines of earnings of the sample's approved claims."""
    chance = random.Random(1)
    with sqlite3.connect(data / SQLITE_FILE) as connection:
        claimed = connection.execute(CLAIMED).fetchall()
    found = []
    for number in range(count):
        claim, tenant, product, subscription = chance.choice(claimed)
        names = {"line_id": f"L-{number:07d}", "claim": claim, "tenant_id": tenant, "product": product}
        money = {
            "amount": f"{chance.randint(-2000, 90000) / 100:.2f}",
            "currency": chance.choice(("EUR", "USD")),
        }
        found.append(
            names
            | {"subscription_id": subscription, "month": f"2026-{chance.randint(1, 11):02d}"}
            | {"lever": "usage_growth", **money, "payment_status": "earned"}
        )
    return found


def written(rows: list[dict[str, str]], path: Path) -> Path:
    """Write the rows as the ending of `path` says."""
    if path.suffix == ".xlsx":
        write_worksheet(iter(rows), str(path), sheet_name="earnings")
    else:
        text = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
        path.write_text("\n".join(text), encoding="utf-8")
    return path


def measured(data: Path, file: Path) -> tuple[float, float, int]:
    """Import a file; return seconds, the peak of the process's memory in MB, and the rows that count."""
    environment = {**os.environ, "PORTAL_RULES_DIR": str(RULES)}
    command = [
        sys.executable,
        "-c",
        RUN + PEAK,
        "import",
        "earnings",
        str(file),
        "--json",
        "--data",
        str(data),
    ]
    began = perf_counter()
    ended = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    took = perf_counter() - began
    outcome = json.loads(ended.stdout)
    assert outcome["used"], outcome
    return took, int(ended.stderr.split()[-1]) / 1000, outcome["rows"]


def sample(folder: Path) -> Settings:
    """Fill a folder with the sample's data and return its settings."""
    settings = read_settings(data_dir=folder, rules_dir=RULES, demo=True, database_url="")
    app = create_app(settings)
    with app.app_context():
        from flask_migrate import upgrade

        upgrade()
        app.extensions["desk"].open()
        load_sample(app.extensions["desk"], 1)
        db.engine.dispose()
    return settings


def main() -> None:
    """Print one line a file."""
    many = int(sys.argv[1]) if len(sys.argv) > 1 else MANY
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with tempfile.TemporaryDirectory() as place:
        whole = Path(place) / "sample"
        whole.mkdir()
        sample(whole)
        print(f"{'file':10}{'lines':>9}{'s':>9}{'lines/s':>9}{'peak, MB':>10}{'ratio':>7}")
        for ending in (".csv", ".xlsx"):
            least = 0.0
            for count in (FEW, many):
                data = Path(place) / f"{count}{ending[1:]}"
                shutil.copytree(whole, data)
                file = written(lines(whole, count), Path(place) / f"{count}{ending}")
                took, peak, rows = measured(data, file)
                least = least or peak
                print(
                    f"{ending[1:]:10}{rows:>9}{took:>9.1f}{rows / took:>9.0f}"
                    f"{peak:>10.0f}{peak / least:>7.2f}"
                )


if __name__ == "__main__":
    main()
