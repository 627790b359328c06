"""Compares pairs of names that are labelled same or different; peers in the same run.

python -m benchmarks.names --data ../shared/data/labelled/names.jsonl
"""

from __future__ import annotations

import argparse
import difflib
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from math import sqrt
from pathlib import Path

from rapidfuzz import fuzz

from leads.linking.name_match import MATCH_AT, match_names

Scored = list[tuple[float, bool]]
SCHEMAS = {"Person": "Person", "PersonSingle": "Person", "Organization": "Organization", "OrganizationSingle": "Organization",
           "Company": "Company", "LegalEntity": "Organization"}  # fmt: skip
PEERS: dict[str, Callable[[str, str], float]] = {
    "difflib": lambda a, b: difflib.SequenceMatcher(None, a.lower(), b.lower()).ratio(),
    "WRatio": lambda a, b: fuzz.WRatio(a.lower(), b.lower()) / 100,
    "token_sort": lambda a, b: fuzz.token_sort_ratio(a.lower(), b.lower()) / 100,
}


def main() -> None:
    """Print, per source and schema, the best F1 of each, and ours at the default operating point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    arguments = parser.parse_args()
    if not arguments.data.exists():
        sys.exit(f"{arguments.data}: no such file; the labelled pairs are not part of the project")
    groups: dict[tuple[str, str], list[tuple[str, str, str, bool]]] = defaultdict(list)
    with arguments.data.open(encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            schema = SCHEMAS.get(row["schema"])
            if schema:
                pair = (row["name1"], row["name2"], schema, bool(row["match"]))
                groups[source(row["source"]), row["schema"]].append(pair)
                groups[source(row["source"]), "all"].append(pair)
    print(
        f"{'source':12} {'schema':18} {'pairs':>6}  best F1: ours  "
        + "  ".join(PEERS)
        + f"   at {MATCH_AT}: P, R"
    )
    for (name, schema), pairs in sorted(groups.items()):
        print_group(name, schema, pairs)


def source(text: str) -> str:
    """Return a short name of where a pair is from."""
    return "name_bench" if "name_bench" in text else text.replace("-", " ").split(maxsplit=1)[0]


def print_group(name: str, schema: str, pairs: Sequence[tuple[str, str, str, bool]]) -> None:
    """Print one line."""
    ours = [(match_names(a, b, kind).score, same) for a, b, kind, same in pairs]
    peers = [best_f1([(peer(a, b), same) for a, b, _, same in pairs]) for peer in PEERS.values()]
    precision, recall = at(ours, MATCH_AT)
    print(
        f"{name:12} {schema:18} {len(pairs):6}  {best_f1(ours):.3f}  "
        + "  ".join(f"{peer:.3f}" for peer in peers)
        + f"   P {interval(*precision)}  R {interval(*recall)}"
    )


def best_f1(scored: Scored) -> float:
    """Return the best F1 over all thresholds."""
    scored = sorted(scored, key=lambda one: -one[0])
    positives = sum(same for _, same in scored)
    hits, best = 0, 0.0
    for place, (score, same) in enumerate(scored, 1):
        hits += same
        if place == len(scored) or scored[place][0] != score:
            best = max(best, 2 * hits / (place + positives) if positives else 0.0)
    return best


def at(scored: Scored, threshold: float) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return precision and recall at a threshold, each as hits and out of how many."""
    told = [same for score, same in scored if score >= threshold]
    return (sum(told), len(told)), (sum(told), sum(same for _, same in scored))


def interval(hits: int, total: int) -> str:
    """Return a share with its 95 % interval (Wilson's)."""
    if not total:
        return "  -  "
    z, share = 1.96, hits / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z * sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return f"{share:.3f} [{middle - half:.3f}, {middle + half:.3f}]"


if __name__ == "__main__":
    main()
