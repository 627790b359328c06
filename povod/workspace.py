"""One opened configuration with its database: what nearly every command starts from."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from guards.failpoints import failpoint
from models import Search
from models.faults import database_faults
from models.schema import ensure_current
from models.session import open_database, session_factory
from povod import source_sync
from povod.config.load import LoadedConfig, load_config
from povod.faults import UserError

CONFIG_NAME = "povod.yml"


def config_file(given: Path | None) -> Path:
    """Return the configuration to use: given, named by POVOD_CONFIG, or povod.yml in this folder."""
    if given is not None:
        return given / CONFIG_NAME if given.is_dir() else given
    return Path(os.environ.get("POVOD_CONFIG") or CONFIG_NAME)


@dataclass
class Workspace:
    """A configuration and its database, opened once per command."""

    loaded: LoadedConfig

    @cached_property
    def engine(self) -> Engine:
        """The database, created when it is new; an outdated one is refused with the way to upgrade it."""
        engine = open_database(self.loaded.database_url())
        ensure_current(engine, failpoint)
        return engine

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Give a session that commits at the end, or rolls back; database errors come as faults."""
        factory = session_factory(self.engine)
        with database_faults(self.engine), factory.begin() as session:
            yield session

    def secret(self, name: str) -> bytes | None:
        """Return a secret of the privacy section as bytes, or None where it is not set."""
        reference = getattr(self.loaded.config.privacy, name)
        return reference.read(self.loaded.folder).encode() if reference else None


def open_workspace(config: Path | None, *, sync: bool = True) -> Workspace:
    """Open a configuration and its database; with `sync`, the file's sources and searches are brought into it.

    Raises:
        ConfigFaults: the configuration is wrong.
        models.DatabaseFault: the database cannot be used.
    """
    file = config_file(config)
    if not file.exists():
        raise UserError(
            f"{file}: no such configuration file; 'povod init' writes one, --config names another"
        )
    workspace = Workspace(load_config(file))
    if sync:
        with workspace.session() as session:
            source_sync.sync(session, workspace.loaded, datetime.now(UTC))
            _sync_searches(session, workspace.loaded)
    return workspace


def _sync_searches(session: Session, loaded: LoadedConfig) -> None:
    held = session.scalar(select(Search.id).where(Search.origin == "file", Search.state == "active").limit(1))
    if loaded.searches or held:
        from povod import search_book  # noqa: PLC0415 -- most configurations need none of the query language

        search_book.sync(session, loaded, datetime.now(UTC))
