"""Precision, recall and F1 of detection on posts that nobody here wrote, beside two baselines.

    python benchmarks/quality.py --data ../shared/data/labelled
    ... --set ru_personal --kind wedding birth --part dev --list     read what is wrong, one by one

The parts: `held` is a quarter of every file that rules are never tuned to, `dev` is the rest.
Intervals are 95 % (Wilson for precision and recall, bootstrap for F1). `who` is the share of right
subjects among the hits that are right, where the file tells the subject.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from triggers.detector import Detector
from triggers.faults import RuleFaults
from triggers.kinds import KINDS
from triggers.loader import load_rules
from triggers.match import Detection, Document

Predictions = list[dict[str, str]]
PERSONAL = ("en_personal", "ru_personal")
# The files' word for a private person that is neither the author nor kin.
WHO = {"other": "person"}


@dataclass(slots=True)
class Item:
    """A labelled text. `gold` are sets of kinds of which any is right; `who` by kind, where known."""

    id: str
    text: str
    lang: str
    gold: list[frozenset[str]]
    covers: frozenset[str]
    ignore: frozenset[str]
    superset: frozenset[str]
    own: frozenset[str]
    who: dict[str, set[str]] = field(default_factory=dict)
    note: str = ""


@dataclass(slots=True)
class Count:
    """Right hits, wrong hits, misses; right subjects among the right hits."""

    tp: int = 0
    fp: int = 0
    fn: int = 0
    who: int = 0
    asked: int = 0

    def add(self, other: Count) -> None:
        """Add another count."""
        for name in ("tp", "fp", "fn", "who", "asked"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


def is_held(item_id: str) -> bool:
    """Say whether a text belongs to the quarter that rules are never tuned to."""
    try:
        return int(item_id, 16) % 4 == 0
    except ValueError:
        return zlib.crc32(item_id.encode()) % 4 == 0


def read_items(path: Path) -> list[Item]:
    """Read one labelled file of either shape."""
    rows = [json.loads(line) for line in path.open(encoding="utf-8")]
    if path.stem in PERSONAL:
        return [_personal(row) for row in rows]
    topics = frozenset(kind for row in rows for kind in row["superset"])
    return [_plain(row, topics) for row in rows]


def _personal(row: dict[str, Any]) -> Item:
    real = [label for label in row["labels"] if label["status"] == "real" and not label.get("unsure")]
    who: dict[str, set[str]] = defaultdict(set)
    for label in real:
        who[label["kind"]].add(WHO.get(label["subject"], label["subject"]))
    unsure = frozenset(label["kind"] for label in row["labels"] if label.get("unsure"))
    note = " ".join(
        f"{x['kind']}/{x['subject']}/{x['status']}{'?' if x.get('unsure') else ''}" for x in row["labels"]
    )
    gold = [frozenset([kind]) for kind in who]
    return Item(
        row["id"],
        row["text"],
        row["lang"],
        gold,
        frozenset(KINDS),
        unsure - set(who),
        frozenset(),
        frozenset(KINDS),
        dict(who),
        note,
    )


def _plain(row: dict[str, Any], topics: frozenset[str]) -> Item:
    gold = [frozenset(label.split("|")) for label in row["labels"]]
    outside = topics - frozenset(row["superset"])
    covers = frozenset(row["covers"]) | outside
    return Item(
        row["id"], row["text"], row["lang"], gold, covers, frozenset(row["ignore"]) | frozenset(row["superset"]),
        topics, frozenset(row["covers"]), note=" ".join(row["labels"]),
    )  # fmt: skip


def score(items: Sequence[Item], predictions: Predictions, kinds: frozenset[str]) -> dict[str, Count]:
    """Count by kind."""
    counts: dict[str, Count] = defaultdict(Count)
    for item, predicted in zip(items, predictions, strict=True):
        for kind, verdict in judge(item, predicted):
            if kind in kinds:
                _note(counts[kind], verdict, item, kind, predicted)
    return counts


def _note(count: Count, verdict: str, item: Item, kind: str, predicted: dict[str, str]) -> None:
    setattr(count, verdict, getattr(count, verdict) + 1)
    if verdict == "tp" and item.who.get(kind):
        count.asked += 1
        count.who += predicted[kind] in item.who[kind]


def judge(item: Item, predicted: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield (kind, verdict) for each hit and each miss of one text."""
    hit = set(predicted)
    right = set()
    for either in item.gold:
        found = sorted(either & hit)
        if found:
            right.update(found)
            yield found[0], "tp"
        else:
            yield min(either, key=lambda kind: (kind not in item.own, kind)), "fn"
    for kind in sorted(hit - right - item.ignore):
        if kind in item.covers and not any(kind in either for either in item.gold):
            yield kind, "fp"


def wilson(right: int, total: int) -> tuple[float, float]:
    """Return the 95 % Wilson score interval of a share."""
    if not total:
        return 0.0, 1.0
    z, share = 1.96, right / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z / (1 + z * z / total) * (share * (1 - share) / total + z * z / (4 * total * total)) ** 0.5
    return max(0.0, middle - half), min(1.0, middle + half)


def f1_interval(count: Count) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of F1."""
    total = count.tp + count.fp + count.fn
    if not total:
        return 0.0, 1.0
    drawn = np.random.default_rng(7).multinomial(
        total, [count.tp / total, count.fp / total, count.fn / total], 1000
    )
    values = 2 * drawn[:, 0] / np.maximum(1, 2 * drawn[:, 0] + drawn[:, 1] + drawn[:, 2])
    return float(np.quantile(values, 0.025)), float(np.quantile(values, 0.975))


def shown(name: str, count: Count) -> str:
    """Return a line of the table."""
    found, there = count.tp + count.fp, count.tp + count.fn
    precision, recall = count.tp / max(1, found), count.tp / max(1, there)
    f1 = 2 * count.tp / max(1, found + there)
    (p1, p2), (r1, r2), (f1a, f1b) = wilson(count.tp, found), wilson(count.tp, there), f1_interval(count)
    who = f"{count.who / count.asked:5.2f}" if count.asked else "    -"
    return (
        f"{name:34} {there:5} {count.tp:5} {count.fp:5}  {precision:.2f} ({p1:.2f}-{p2:.2f})"
        f"  {recall:.2f} ({r1:.2f}-{r2:.2f})  {f1:.2f} ({f1a:.2f}-{f1b:.2f})  {who}"
    )


HEAD = f"{'':34} {'there':>5} {'right':>5} {'wrong':>5}  {'precision':16}  {'recall':16}  {'F1':16}  who"


def by_rules(items: Sequence[Item], detector: Detector) -> tuple[Predictions, list[Detection]]:
    """Return what the rules find."""
    found = detector.detect_batch([Document(item.text, item.lang, id=item.id) for item in items])
    return [{m.kind: m.slots["subject"]["who"] for m in reversed(d.matches)} for d in found], found


def by_keywords(items: Sequence[Item], kinds: Iterable[str]) -> Predictions:
    """Return what a list of keywords finds; everybody is the author."""
    table = yaml.safe_load((Path(__file__).parent / "keywords.yml").read_text(encoding="utf-8"))
    wanted = set(kinds)
    texts = [
        f" {' '.join(''.join(c if c.isalnum() else ' ' for c in item.text.lower().replace('ё', 'е')).split())} "
        for item in items
    ]
    return [
        {
            kind: "author"
            for kind, words in table[item.lang].items()
            if kind in wanted and any(f" {w} " in text for w in words)
        }
        for item, text in zip(items, texts, strict=True)
    ]


def by_learning(items: Sequence[Item], kinds: Iterable[str]) -> Predictions:
    """Return what TF-IDF with logistic regression finds, trained on the other part of the same file, both ways."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    # Not by what parts `held` from `dev`: all of one part would be on one side.
    half = np.array([hashlib.sha256(item.id.encode()).digest()[0] % 2 for item in items])
    found: Predictions = [{} for _ in items]
    for side in (0, 1):
        train, test = np.flatnonzero(half != side), np.flatnonzero(half == side)
        if not len(train) or not len(test):
            continue
        vectors = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, max_features=50_000)
        known = vectors.fit_transform([items[i].text for i in train])
        asked = vectors.transform([items[i].text for i in test])
        for kind in kinds:
            gold = np.array([any(kind in either for either in items[i].gold) for i in train])
            if gold.sum() < 3:
                continue
            model = LogisticRegression(C=10, class_weight="balanced", max_iter=300).fit(known, gold)
            for i in test[model.predict(asked)]:
                found[i][kind] = "author"
    return found


def listed(
    items: Sequence[Item],
    predictions: Predictions,
    found: Sequence[Detection],
    kinds: frozenset[str],
    which: set[str],
) -> None:
    """Print the wrong hits, misses and wrong subjects for reading."""
    for item, predicted, detection in zip(items, predictions, found, strict=True):
        for kind, verdict in judge(item, predicted):
            if kind not in kinds:
                continue
            wrong_who = verdict == "tp" and item.who.get(kind) and predicted[kind] not in item.who[kind]
            label = "who" if wrong_who else verdict
            if label not in which:
                continue
            print(f"\n{label.upper()} {kind} [{item.id}] gold: {item.note}\n  {item.text[:600]!r}")
            for match in detection.matches:
                if match.kind == kind:
                    print(f"  + {match.rule} {match.confidence} {match.reasons} {match.slots['subject']}")
            for drop in detection.dropped:
                if drop.kind == kind:
                    print(f"  - {drop.rule} `{item.text[drop.start : drop.end]}` {drop.reason}")


def table(
    name: str,
    items: Sequence[Item],
    kinds: frozenset[str],
    predictions: Predictions,
    pool: Count | None = None,
) -> None:
    """Print the counts of each kind, and pooled."""
    counts = score(items, predictions, kinds)
    total = Count()
    for kind in sorted(counts, key=lambda k: list(KINDS).index(k)):
        total.add(counts[kind])
        print(shown(f"{name} {kind}", counts[kind]))
    print(shown(f"{name} ALL", total))
    if pool is not None:
        pool.add(total)


def main() -> None:
    """Read the options, measure, print."""
    options = _options()
    detector = sound_detector(options.packs, options.kind or None)
    with_rules = {(rule.language, rule.kind) for rule in detector.rules}
    wanted = frozenset(options.kind or KINDS)
    paths = sorted(path for path in options.data.glob("*.jsonl") if path.stem != "names")
    if not paths:
        sys.exit(f"{options.data}: no labelled files there; give --data the folder that holds them")
    pools: dict[str, Count] = defaultdict(Count)
    for path in paths:
        if (options.set and path.stem not in options.set) or (
            options.lang and not path.stem.startswith(options.lang)
        ):
            continue
        items = [
            i for i in read_items(path) if options.part == "all" or is_held(i.id) == (options.part == "held")
        ]
        seen = frozenset(k for i in items for k in i.covers | i.superset | frozenset().union(*i.gold))
        kinds = frozenset(k for k in seen & wanted if options.all_kinds or (path.stem[:2], k) in with_rules)
        if kinds:
            _one_set(path.stem, items, kinds, detector, options, pool=pools[path.stem[:2]])
    for lang, pool in sorted(pools.items()):
        print(f"\n{lang}, every file together, part {options.part}\n{HEAD}\n{shown('rules POOLED', pool)}")


def sound_detector(packs: Sequence[Path], kinds: Sequence[str] | None) -> Detector:
    """Return a detector of all rules without faults; name the others, so that writing goes on beside them."""
    loaded = load_rules(packs, kinds=kinds, strict=False)
    faults = [fault for pack in loaded.packs for fault in pack.faults]
    rules = loaded.rules
    try:
        detector = Detector(rules, loaded.words)
    except RuleFaults as found:
        faults.extend(found.faults)
        bad = {fault.file for fault in found.faults}
        detector = Detector([rule for rule in rules if rule.shown not in bad], loaded.words)
    for fault in faults:
        print(f"left out: {fault}", file=sys.stderr)
    return detector


def _one_set(
    name: str,
    items: Sequence[Item],
    kinds: frozenset[str],
    detector: Detector,
    options: argparse.Namespace,
    *,
    pool: Count,
) -> None:
    predictions, found = by_rules(items, detector)
    if options.list:
        listed(items, predictions, found, kinds, set(options.list))
    print(f"\n{name}, part {options.part}: {len(items):,} texts\n{HEAD}")
    table("rules", items, kinds, predictions, pool)
    if options.baselines:
        baselines: dict[str, Callable[[Sequence[Item], Iterable[str]], Predictions]] = {
            "keywords": by_keywords,
            "tf-idf + lr": by_learning,
        }
        for baseline, predict in baselines.items():
            counts = score(items, predict(items, sorted(kinds)), kinds)
            total = Count()
            for count in counts.values():
                total.add(count)
            print(shown(f"{baseline} ALL", total))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--data", type=Path, required=True, help="the folder of labelled files")
    parser.add_argument("--set", nargs="*", help="only these files, without .jsonl")
    parser.add_argument("--kind", nargs="*", choices=list(KINDS), metavar="KIND", help="only these kinds")
    parser.add_argument("--lang", choices=("en", "ru"))
    parser.add_argument("--part", choices=("dev", "held", "all"), default="dev")
    parser.add_argument(
        "--list",
        nargs="*",
        choices=("fp", "fn", "who"),
        default=None,
        help="print these for reading; alone: fp fn who",
    )
    parser.add_argument("--packs", nargs="*", type=Path, default=[])
    parser.add_argument("--all-kinds", action="store_true", help="count kinds without rules as well")
    parser.add_argument("--no-baselines", dest="baselines", action="store_false")
    options = parser.parse_args()
    if options.list == []:
        options.list = ["fp", "fn", "who"]
    return options


if __name__ == "__main__":
    main()
