"""The tables' life: upgrade, downgrade, status, backup.

Each migration is one transaction, on SQLite as well, which also moves the recorded revision: killed anywhere, a
database is at one revision or the next. Two processes that upgrade at once take turns.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, Table, func, inspect, literal, select, text

from models.base import Base
from models.faults import UPGRADE_ADVICE, DatabaseFault, database_faults, display_url, without_password
from models.session import read_only

VERSION_TABLE = "povod_version"
# "povo" in ASCII: how `file` and we know an SQLite file as ours.
APPLICATION_ID = 0x706F766F
# An arbitrary number that nobody else is likely to lock on.
_ADVISORY_LOCK = 0x706F766F64
MIGRATION_OPTIONS: dict[str, Any] = {
    "target_metadata": Base.metadata,
    "version_table": VERSION_TABLE,
    "render_as_batch": True,
    "transactional_ddl": True,
}

# Called at `migration.inside` (a migration has run, not committed) and `migration.between` (committed).
Watch = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Status:
    """The state of a database: its revision, what is still to be applied, and how much it holds."""

    database: str
    revision: str | None
    head: str
    pending: tuple[str, ...]
    rows: dict[str, int]
    bytes: int

    @property
    def current(self) -> bool:
        """Whether the tables are those of this povod."""
        return self.revision == self.head

    def facts(self) -> dict[str, Any]:
        """Return all of it as plain values, for people and machines."""
        return asdict(self) | {"current": self.current, "pending": list(self.pending)}


def upgrade(engine: Engine, watch: Watch | None = None) -> tuple[str | None, str]:
    """Bring the tables to what this povod needs; return the revision before and after. Safe to repeat.

    Raises:
        DatabaseFault: the database is not ours, is newer than this povod, or cannot be written.
    """
    head = _scripts().get_current_head() or ""
    first: list[str | None] = []

    def step(connection: Connection, config: Config) -> bool:
        revision = _checked_revision(connection)
        first.append(revision)
        if revision == head:
            return False
        if revision is None and connection.dialect.name == "sqlite":
            connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
        command.upgrade(config, "+1")
        return True

    _run_steps(engine, step, watch)
    return first[0], head


def downgrade(engine: Engine, revision: str) -> tuple[str | None, str | None]:
    """Take the tables back to an earlier revision, `base` being none; return the revision before and after.

    What the later tables and columns held is lost.

    Raises:
        DatabaseFault: there is no such earlier revision, or the database is not ours or cannot be written.
    """
    target = None if revision == "base" else revision
    first: list[str | None] = []

    def step(connection: Connection, config: Config) -> bool:
        current = _checked_revision(connection)
        first.append(current)
        if current == target:
            return False
        if target not in _earlier(current):
            raise DatabaseFault(
                f"{display_url(engine.url)}: revision {current} has no earlier revision {revision}"
            )
        command.downgrade(config, "-1")
        return True

    _run_steps(engine, step, None)
    return first[0], target


def status(engine: Engine) -> Status:
    """Return the state of a database; one without tables is at revision None.

    Raises:
        DatabaseFault: the database is not ours, is newer than this povod, or cannot be read.
    """
    with database_faults(engine), read_only(engine).connect() as connection:
        revision = _checked_revision(connection)
        return Status(
            database=display_url(engine.url),
            revision=revision,
            head=_scripts().get_current_head() or "",
            pending=_pending(revision),
            rows={table.name: _count(connection, table) for table in _present(connection)},
            bytes=_bytes(connection),
        )


def ensure_current(engine: Engine, watch: Watch | None = None) -> None:
    """Make the tables of a new database, under `watch`; refuse one that is not ours, too new or too old.

    New is a database in which nothing is kept, also one whose first tables another process is making at this moment,
    or was killed in making.

    Raises:
        DatabaseFault: as above, with the way to mend it.
    """
    head = _scripts().get_current_head()
    with database_faults(engine), read_only(engine).connect() as connection:
        revision = _checked_revision(connection)
        new = revision != head and not any(_holds_rows(connection, table) for table in _present(connection))
    if new:
        upgrade(engine, watch)
    elif revision != head:
        raise DatabaseFault(
            f"{display_url(engine.url)}: its tables are older than this povod ({revision}): {UPGRADE_ADVICE}"
        )


def backup(engine: Engine, path: Path) -> None:
    """Copy the database to a new file while it is in use: SQLite's online backup, or pg_dump's custom format.

    The file appears complete or not at all.

    Raises:
        DatabaseFault: the file exists, cannot be written, or pg_dump is missing or fails.
    """
    if path.exists():
        raise DatabaseFault(f"{path}: exists already; name a new file, backups are never overwritten")
    partial = path.with_name(path.name + ".partial")
    try:
        os.close(os.open(partial, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600))
        with database_faults(engine):
            copy = _copy_sqlite if engine.dialect.name == "sqlite" else _dump_postgresql
            copy(engine, partial)
        os.link(partial, path)  # Unlike a rename, this refuses a file that has appeared meanwhile.
    except OSError as error:
        raise DatabaseFault(f"{path}: the backup cannot be written: {error.strerror or error}") from error
    finally:
        partial.unlink(missing_ok=True)


def _copy_sqlite(engine: Engine, path: Path) -> None:
    with engine.connect() as connection, closing(sqlite3.connect(path)) as target:
        source: Any = connection.connection.driver_connection
        source.backup(target, pages=4096)
        target.execute("PRAGMA journal_mode = DELETE")  # One file, without -wal and -shm beside it.


def _dump_postgresql(engine: Engine, path: Path) -> None:
    program = shutil.which("pg_dump")
    if program is None:
        raise DatabaseFault(
            "pg_dump is not on the PATH: install PostgreSQL's client programs, or run "
            f"pg_dump --format=custom --file={path} where they are"
        )
    password = engine.url.password or engine.url.query.get("password")
    # Not as an argument: those are there for every user of the machine to see.
    environment = os.environ | ({"PGPASSWORD": str(password)} if password else {})
    url = without_password(engine.url).render_as_string()
    arguments = ["--format=custom", "--no-owner", f"--file={path}", f"--dbname={url}"]
    done = subprocess.run([program, *arguments], capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        words = (done.stderr.strip().splitlines() or [f"status {done.returncode}"])[0]
        raise DatabaseFault(f"{display_url(engine.url)}: no backup: {words}")


def _run_steps(engine: Engine, step: Callable[[Connection, Config], bool], watch: Watch | None) -> None:
    """Run `step` in one transaction after the other until it has nothing left to do."""
    more = True
    with database_faults(engine), _migrating(engine) as connection:
        while more:
            with connection.begin():
                if connection.dialect.name == "postgresql":
                    connection.execute(select(func.pg_advisory_xact_lock(_ADVISORY_LOCK)))
                more = step(connection, _config(connection))
                _check_references(connection)
                if more and watch:
                    watch("migration.inside")
            if more and watch:
                watch("migration.between")


@contextmanager
def _migrating(engine: Engine) -> Iterator[Connection]:
    """Give a connection without SQLite's foreign keys: rebuilding a table would cascade into its children."""
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            driver.execute("PRAGMA foreign_keys = OFF").close()
        try:
            yield connection
        finally:
            if sqlite:
                driver.execute("PRAGMA foreign_keys = ON").close()


def _check_references(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken:
        raise DatabaseFault(
            f"{display_url(connection.engine.url)}: row {broken[1]} of {broken[0]} refers to a {broken[2]} that "
            "is not there: restore a backup"
        )


def _config(connection: Connection | None = None) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _checked_revision(connection: Connection) -> str | None:
    """Return the revision of the tables, None if there are none.

    Raises:
        DatabaseFault: there are tables, and not ours; or a revision that this povod does not know.
    """
    place = display_url(connection.engine.url)
    revision = MigrationContext.configure(
        connection, opts={"version_table": VERSION_TABLE}
    ).get_current_revision()
    if revision is None:
        if not _is_free(connection):
            raise DatabaseFault(f"{place}: holds tables that are not povod's: name another database")
        return None
    try:
        _scripts().get_revision(revision)
    except CommandError as error:
        raise DatabaseFault(
            f"{place}: was made by a newer povod (revision {revision}): upgrade povod, or restore a backup"
        ) from error
    return revision


def _is_free(connection: Connection) -> bool:
    """Say whether our tables can be made here; PostgreSQL may hold other people's tables beside ours."""
    present = set(inspect(connection).get_table_names()) - {VERSION_TABLE}
    if connection.dialect.name == "sqlite":
        return not present
    return not present & set(Base.metadata.tables)


def _pending(revision: str | None) -> tuple[str, ...]:
    steps = _scripts().iterate_revisions("head", revision or "base")
    return tuple(reversed([step.revision for step in steps if step.revision != revision]))


def _earlier(revision: str | None) -> set[str | None]:
    if revision is None:
        return set()
    return {step.revision for step in _scripts().iterate_revisions(revision, "base")} - {revision} | {None}


def _present(connection: Connection) -> list[Table]:
    present = set(inspect(connection).get_table_names())
    return [table for table in Base.metadata.sorted_tables if table.name in present]


def _holds_rows(connection: Connection, table: Table) -> bool:
    # Not by its columns: those of an older revision may be fewer.
    return connection.scalar(select(literal(1)).select_from(table).limit(1)) is not None


def _count(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0


def _bytes(connection: Connection) -> int:
    if connection.dialect.name == "sqlite":
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        size = connection.exec_driver_sql("PRAGMA page_size").scalar_one()
        return int(pages) * int(size)
    return int(connection.execute(text("select pg_database_size(current_database())")).scalar_one())
