"""Imports invented contacts from CSV, twice: how long, how much memory, and that the second time changes nothing.

    python -m benchmarks.importing                      1,000,000 contacts into SQLite
    python -m benchmarks.importing --contacts 100000    a quick look

Beside it, what the bare machine does with the same file: csv.reader and sqlite3's executemany into one table without
an index. Each import runs as a process of its own, so that its memory is its own.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy.orm import Session

from benchmarks.invented_people import World
from leads.contacts import import_contacts
from leads.linking.records import ContactRecord
from models.schema import upgrade
from models.session import open_database

COLUMNS = ("id", "name", "company", "title", "city", "email", "twitter", "phone", "lists", "birthday")
ROLES = ("CEO", "CTO", "Head of Sales", "Marketing Manager", "Buyer", "инженер", "директор по закупкам", "")
SECONDS, KIBIBYTES = 180.0, 1 << 20


def main() -> None:
    """Print seconds, rows a second, peak memory, and the ratio to the bare way."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--write", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--import-into", nargs=2, metavar=("DATABASE", "FILE"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.import_into:
        print(json.dumps(import_once(*arguments.import_into)))
        return
    if arguments.write:
        write(arguments.contacts, arguments.write)
        return
    with tempfile.TemporaryDirectory() as folder:
        file, database = Path(folder) / "contacts.csv", f"sqlite:///{folder}/povod.sqlite3"
        # In a process of its own: the invented world weighs more than the bar allows.
        command = [sys.executable, "-m", "benchmarks.importing", "--contacts", str(arguments.contacts)]
        subprocess.run([*command, "--write", str(file)], check=True)
        bare = store_bare(file, Path(folder) / "bare.sqlite3")
        print(
            f"{arguments.contacts:,} rows, {file.stat().st_size >> 20} MiB; csv + executemany: {bare:.1f} s"
        )
        for turn in ("first", "again"):
            tell(turn, one_process(database, file), bare, arguments.contacts)


def one_process(database: str, file: Path) -> dict[str, float]:
    """Import in a process of its own; return what it measured."""
    command = [sys.executable, "-m", "benchmarks.importing", "--import-into", database, str(file)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(answer.stdout)
    return found


def import_once(database: str, file: str) -> dict[str, float]:
    """Import a file in one transaction, as `povod contacts import` does."""
    engine = open_database(database)
    upgrade(engine)
    started, worked = time.perf_counter(), time.process_time()
    with Session(engine) as session, session.begin():
        report = import_contacts(session, Path(file))
    return {
        "seconds": time.perf_counter() - started,
        "processor": time.process_time() - worked,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
        "imported": report.imported,
        "merged": report.merged,
        "unchanged": report.unchanged,
        "refused": report.refused_count,
        "changes": report.change_count,
    }


def tell(turn: str, found: dict[str, float], bare: float, rows: int) -> None:
    """Print one import against its bars."""
    seconds, peak = found["seconds"], found["peak"]
    print(
        f"{turn}: {seconds:.1f} s ({found['processor']:.1f} s of processor), {rows / seconds:,.0f} rows/s, "
        f"{seconds / bare:.1f} x bare, peak {peak / 1024:.0f} MiB; "
        + ", ".join(
            f"{name} {found[name]:,.0f}" for name in ("imported", "merged", "unchanged", "refused", "changes")
        )
    )
    if rows == 1_000_000:
        print(f"       bars: {SECONDS:.0f} s {_kept(seconds <= SECONDS)}, 1 GiB {_kept(peak <= KIBIBYTES)}")


def _kept(yes: bool) -> str:
    return "kept" if yes else "MISSED"


def store_bare(file: Path, database: Path) -> float:
    """Return the seconds that reading and storing the cells takes with nothing else done."""
    connection = sqlite3.connect(database)
    marks = ", ".join("?" * len(COLUMNS))
    connection.execute(f"CREATE TABLE contact ({', '.join(COLUMNS)})")
    started = time.perf_counter()
    with file.open(encoding="utf-8", newline="") as text:
        rows = csv.reader(text)
        next(rows)
        connection.executemany(f"INSERT INTO contact VALUES ({marks})", rows)
    connection.commit()
    return time.perf_counter() - started


def write(people: int, file: Path) -> None:
    """Write invented people as a table."""
    chance = random.Random(2)
    with file.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(COLUMNS)
        writer.writerows(_row(record, chance) for record in World(people).contacts)


def _row(record: ContactRecord, chance: random.Random) -> tuple[str, ...]:
    email = next((key.value for key in record.keys if key.type == "email"), "")
    handle = next((key.value for key in record.keys if key.type == "handle"), "")
    number = int(record.key[1:])
    phone = f"+7 9{number % 100:02d} {number // 100:07d}"[:17] if chance.random() < 0.4 else ""
    birthday = f"19{chance.randint(50, 99)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"
    lists = chance.choice(("", "", "customers", "fair 2025; newsletter"))
    role = chance.choice(ROLES)
    return (
        record.key, record.name, record.company, role, record.place, email, handle, phone, lists,
        birthday if chance.random() < 0.2 else "",
    )  # fmt: skip


if __name__ == "__main__":
    main()
