"""Splink with DuckDB on the same contacts and mentions; needs `pip install -r requirements-bench.txt`."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from anyascii import anyascii

from benchmarks.invented_people import Told, World
from leads.linking.records import ContactRecord, Mention

# Mentions that come one batch after the other, as a stream brings them.
SMALL_BATCH, BATCHES = 100, 5


def print_splink(world: World, told: Sequence[Told]) -> None:
    """Print recall at the first place and mentions a second, in bulk and in small batches, on one core."""
    if find_spec("splink") is None or find_spec("duckdb") is None:
        print("Splink with DuckDB   not installed (requirements-bench.txt), not measured")
        return
    peer = _Splink(world.contacts)
    started = time.process_time()
    best = peer.best(told)
    took = time.process_time() - started
    right = {"name": 0, "strictly": 0}
    for at, one in enumerate(told):
        found = best.get(at)
        right["strictly"] += found == one.contact
        right["name"] += found is not None and world.contacts[found].name == world.contacts[one.contact].name
    started = time.process_time()
    for number in range(BATCHES):
        peer.best(told[number * SMALL_BATCH : (number + 1) * SMALL_BATCH])
    small = time.process_time() - started
    print(
        f"Splink with DuckDB   {len(told) / took:,.0f} mentions/s in bulk, {BATCHES * SMALL_BATCH / small:,.0f} in batches of "
        f"{SMALL_BATCH}; made ready and trained in {peer.prepared:.0f} s; recall@1 by name {right['name'] / len(told):.3f}, "
        f"strictly {right['strictly'] / len(told):.3f}"
    )


class _Splink:
    """A model as its documentation suggests: Jaro-Winkler on names with term frequencies, exact company and place."""

    def __init__(self, contacts: Sequence[ContactRecord]) -> None:
        # Not installed where nobody measures peers, so that nothing may import them by name.
        duckdb, splink = import_module("duckdb"), import_module("splink")
        cl = import_module("splink.comparison_library")
        block_on = import_module("splink.blocking_rule_library").block_on
        started = time.process_time()
        connection = duckdb.connect()
        connection.execute("SET threads = 1")
        self._api = import_module("splink.backends.duckdb").DuckDBAPI(connection)
        self._contacts = self._api.register(
            _table((at, one.name, one) for at, one in enumerate(contacts)), table_name="contacts"
        )
        self._number = 0
        settings = splink.SettingsCreator(
            link_type="link_only",
            comparisons=[
                cl.JaroWinklerAtThresholds("given", [0.92, 0.8]).configure(term_frequency_adjustments=True),
                cl.JaroWinklerAtThresholds("family", [0.92, 0.8]).configure(term_frequency_adjustments=True),
                cl.ExactMatch("company").configure(term_frequency_adjustments=True),
                cl.ExactMatch("place"),
                cl.ExactMatch("account"),
            ],
            blocking_rules_to_generate_predictions=[
                block_on("family", "given"),
                block_on("family", "substr(given, 1, 1)"),
                block_on("given", "substr(family, 1, 4)"),
                block_on("company", "substr(given, 1, 2)"),
                block_on("company", "substr(family, 1, 2)"),
                block_on("account"),
                "l.given = r.family and l.family = r.given",
            ],
            retain_matching_columns=False,
        )
        sample = self._register([(at, one.name, one) for at, one in enumerate(contacts[:20_000])])
        self._linker = splink.Linker([self._contacts, sample], settings, log_level="ERROR")
        training = self._linker.training
        training.estimate_u_using_random_sampling(max_pairs=1e6)
        training.estimate_parameters_using_expectation_maximisation(block_on("family", "given"))
        training.estimate_parameters_using_expectation_maximisation(block_on("company", "place"))
        for column in ("given", "family", "company"):
            self._linker.table_management.compute_tf_table(column)
        self.prepared = time.process_time() - started

    def _register(self, rows: Iterable[tuple[int, str, ContactRecord | Mention]]) -> Any:
        self._number += 1
        return self._api.register(_table(rows), table_name=f"mentions_{self._number}")

    def best(self, told: Sequence[Told]) -> dict[int, int]:
        """Return for each mention that has any candidate the row of the surest."""
        mentions = self._register([(at, one.mention.name, one.mention) for at, one in enumerate(told)])
        found = self._linker.inference.predict_between(self._contacts, mentions, warning_mode="never")
        rows = self._api.duckdb_con.execute(
            # Whichever side the contact stands on: the alphabet of the tables' names decides.
            "SELECT CASE WHEN source_dataset_l = 'contacts' THEN unique_id_r ELSE unique_id_l END AS mention, "
            "arg_max(CASE WHEN source_dataset_l = 'contacts' THEN unique_id_l ELSE unique_id_r END, match_weight) "
            f"FROM {found.physical_name} GROUP BY mention"
        )
        return {int(mention): int(contact) for mention, contact in rows.fetchall()}


def _table(rows: Iterable[tuple[int, str, ContactRecord | Mention]]) -> Any:
    columns: dict[str, list[Any]] = {
        name: [] for name in ("unique_id", "given", "family", "company", "place", "account")
    }
    for number, name, record in rows:
        given, _, family = anyascii(name).lower().partition(" ")
        keys = record.keys if isinstance(record, ContactRecord) else ()
        account = keys[0].value if keys else getattr(record, "email", "") or getattr(record, "handle", "")
        told = (number, given, family, record.company, record.place, account)
        for column, value in zip(columns.values(), told, strict=True):
            column.append(value if value != "" else None)
    return import_module("pyarrow").table(columns)
