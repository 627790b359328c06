"""How many life events of real posts are found, how many of those found are right, and told of the right person?

    python benchmarks/recall_by_hand.py --data ../shared/data/unlabelled            # both halves, by kind
    python benchmarks/recall_by_hand.py --data ../shared/data/unlabelled --half tune --list fn fp who

The posts were drawn at random from those that hold one of many broad words for a kind (`net`), so that what rules
miss is among them, and read one by one for all kinds of life events: recall_by_hand.jsonl keeps
`{"lang", "id", "net", "events": [{"kind", "who"}], "unsure"}`, never a text. `who` are the answers that count as
right. Rules may be tuned to the half `tune` only; of the half `test` nobody but the reader has seen the texts, and
misses are not listed.
"""

from __future__ import annotations

import argparse
import json
import sys
import zlib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from benchmarks.quality import HEAD, Item, by_rules, listed, sound_detector, table
from triggers.kinds import KINDS
from triggers.kinds import LIFE as FAMILY

VERDICTS = Path(__file__).with_suffix(".jsonl")
LIFE = frozenset(name for name, kind in KINDS.items() if kind.family == FAMILY)


def half_of(post_id: str) -> str:
    """Return the half a post belongs to, by its id."""
    return "tune" if zlib.crc32(post_id.encode()) % 2 else "test"


def read(data: Path, half: str) -> list[Item]:
    """Return the read posts of a half with their texts."""
    verdicts = [json.loads(line) for line in VERDICTS.open(encoding="utf-8")]
    wanted = {v["id"]: v for v in verdicts if half == "all" or half_of(v["id"]) == half}
    items = []
    for lang in sorted({v["lang"] for v in wanted.values()}):
        path = data / f"{lang}.jsonl"
        if not path.exists():
            sys.exit(f"{path}: not there; give --data the folder of unlabelled posts")
        posts = (json.loads(line) for line in path.open(encoding="utf-8"))
        items += [_item(post["text"], wanted[post["id"]]) for post in posts if post["id"] in wanted]
    return items


def _item(text: str, verdict: dict[str, object]) -> Item:
    events = verdict["events"]
    assert isinstance(events, list)
    who = {event["kind"]: set(event["who"]) for event in events}
    note = " ".join(f"{kind}/{'|'.join(sorted(told))}" for kind, told in who.items())
    return Item(
        str(verdict["id"]), text, str(verdict["lang"]), [frozenset([kind]) for kind in who], LIFE,
        frozenset(str(kind) for kind in _list(verdict["unsure"])) - set(who), frozenset(), LIFE, who, note,
    )  # fmt: skip


def _list(value: object) -> list[object]:
    assert isinstance(value, list)
    return value


def main() -> None:
    """Measure the rules on the posts that were read."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--data", type=Path, required=True, help="the folder of unlabelled posts")
    parser.add_argument("--half", choices=("tune", "test", "all"), default="all")
    parser.add_argument(
        "--list", nargs="*", choices=("fp", "fn", "who"), help="print these (half `tune` only)"
    )
    options = parser.parse_args()
    if options.list is not None and options.half != "tune":
        sys.exit("--list shows texts of the half `tune` only: add --half tune")
    detector = sound_detector([], sorted(LIFE))
    for half in ("tune", "test") if options.half == "all" else (options.half,):
        items = read(options.data, half)
        predictions, found = by_rules(items, detector)
        if options.list is not None:
            listed(items, predictions, found, LIFE, set(options.list or ("fp", "fn", "who")))
        print(f"\nhalf {half}: {len(items):,} posts\n{HEAD}")
        table("rules", items, LIFE, predictions)


if __name__ == "__main__":
    main()
