"""How many events of real posts are found, how many of those found are right, and told of the right person?

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
from triggers.detector import Detector
from triggers.kinds import KINDS
from triggers.kinds import LIFE as FAMILY

FOLDER = Path(__file__).parent
LIFE = frozenset(name for name, kind in KINDS.items() if kind.family == FAMILY)
# By language: the verdicts, and the kinds that the posts were read for.
READ = {
    "en": (FOLDER / "recall_by_hand.jsonl", LIFE),
    "ru": (FOLDER / "recall_by_hand.ru.jsonl", frozenset(KINDS)),
}


def half_of(verdict: dict[str, object]) -> str:
    """Return the half a post belongs to: the one it was put into, else by its id."""
    by_id = "tune" if zlib.crc32(str(verdict["id"]).encode()) % 2 else "test"
    return str(verdict.get("half", by_id))


def read(data: Path, lang: str, half: str) -> list[Item]:
    """Return the read posts of a half with their texts."""
    file, kinds = READ[lang]
    verdicts = [json.loads(line) for line in file.open(encoding="utf-8")]
    wanted = {v["id"]: v for v in verdicts if half_of(v) == half}
    path = data / f"{lang}.jsonl"
    if not path.exists():
        sys.exit(f"{path}: not there; give --data the folder of unlabelled posts")
    posts = (json.loads(line) for line in path.open(encoding="utf-8"))
    return [_item(post["text"], wanted[post["id"]], kinds) for post in posts if post["id"] in wanted]


def _item(text: str, verdict: dict[str, object], kinds: frozenset[str]) -> Item:
    events = verdict["events"]
    assert isinstance(events, list)
    who = {event["kind"]: set(event["who"]) for event in events}
    note = " ".join(f"{kind}/{'|'.join(sorted(told))}" for kind, told in who.items())
    return Item(
        str(verdict["id"]), text, str(verdict["lang"]), [frozenset([kind]) for kind in who], kinds,
        frozenset(str(kind) for kind in _list(verdict["unsure"])) - set(who), frozenset(), kinds, who, note,
    )  # fmt: skip


def _list(value: object) -> list[object]:
    assert isinstance(value, list)
    return value


def main() -> None:
    """Measure the rules on the posts that were read."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--data", type=Path, required=True, help="the folder of unlabelled posts")
    parser.add_argument("--lang", choices=tuple(READ))
    parser.add_argument("--half", choices=("tune", "test", "all"), default="all")
    parser.add_argument(
        "--list", nargs="*", choices=("fp", "fn", "who"), help="print these (half `tune` only)"
    )
    options = parser.parse_args()
    if options.list is not None and options.half != "tune":
        sys.exit("--list shows texts of the half `tune` only: add --half tune")
    for lang, (_, kinds) in READ.items():
        if options.lang in (None, lang):
            detector = sound_detector([], sorted(kinds))
            for half in ("tune", "test") if options.half == "all" else (options.half,):
                _measure(lang, half, read(options.data, lang, half), detector, options.list)


def _measure(lang: str, half: str, items: list[Item], detector: Detector, shown: list[str] | None) -> None:
    kinds = READ[lang][1]
    predictions, found = by_rules(items, detector)
    if shown is not None:
        listed(items, predictions, found, kinds, set(shown or ("fp", "fn", "who")))
    print(f"\n{lang}, half {half}: {len(items):,} posts\n{HEAD}")
    table("rules", items, kinds, predictions)


if __name__ == "__main__":
    main()
