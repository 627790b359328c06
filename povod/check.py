"""What `povod check` looks at, beyond the configuration file itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from leads.contacts import peek
from models import Source
from models.faults import database_faults
from models.schema import status
from models.session import database_exists, display_url, open_database, session_factory
from povod.config.load import LoadedConfig
from povod.console import ago, plural, span_text
from povod.faults import ConfigFaults, Fault
from povod.source_sync import refuse_names_in_both
from povod.wiring import load_detector


def inspect(loaded: LoadedConfig) -> dict[str, Any]:
    """Look at rules, contacts files and database; return what would run.

    Raises:
        ConfigFaults: a contacts file cannot be read.
        RuleFaults: a rule pack is wrong.
        models.DatabaseFault: the database is there and cannot be used.
    """
    detector = load_detector(loaded)
    return {
        "config": str(loaded.file),
        "database": _database(loaded),
        "sources": _sources(loaded),
        "contacts": _contacts(loaded),
        "rules": {"count": detector.rule_count, "kinds": sorted(detector.kinds), "version": detector.version},
    }
