"""Signals on real posts read by hand: draw a sample, record verdicts, print the share that is right.

    python benchmarks/reading_by_hand.py --data ../shared/data/unlabelled --lang en --draw     # texts to read
    python benchmarks/reading_by_hand.py --data ../shared/data/unlabelled --lang en            # the figures
    ... --kinds praise complaint --draw         # of each of these kinds up to 20 signals, kept apart

Verdicts stand in reading_by_hand.jsonl (those kind by kind in reading_by_hand_kinds.jsonl), without the texts: `{"lang", "id", "kind", "right", "who_right", "rules"}`. A
signal is right where the event is real, told of whom the signal names, and no wish, advert or joke. The sample is
drawn with a fixed seed from every signal of the file, so it changes when the rules do; a verdict counts for the
post, kind and subject it was given for.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import zlib
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from benchmarks.quality import sound_detector, wilson
from triggers.match import Document, Match

SEED, SIZE, EACH = 20250312, 100, 20
VERDICTS = Path(__file__).with_suffix(".jsonl")
BY_KIND = VERDICTS.with_stem("reading_by_hand_kinds")


def signals(path: Path) -> tuple[list[tuple[dict[str, Any], Match]], int]:
    """Return every signal of a file with its post, and how many posts there are. Sensitive kinds are on."""
    detector = sound_detector([], None)
    posts = [json.loads(line) for line in path.open(encoding="utf-8")]
    documents = [Document(post["text"], post["lang"]) for post in posts]
    found = zip(posts, detector.detect_batch(documents), strict=True)
    return [(post, match) for post, detection in found for match in detection.matches], len(posts)


def drawn(found: list[tuple[dict[str, Any], Match]], seed: int = SEED) -> list[tuple[dict[str, Any], Match]]:
    """Return the sample of a language."""
    return random.Random(seed).sample(found, min(SIZE, len(found)))


def drawn_by_kind(
    found: list[tuple[dict[str, Any], Match]], kinds: list[str]
) -> list[tuple[dict[str, Any], Match]]:
    """Return up to 20 signals of each kind, by their posts' ids: a change of the rules changes few of them."""
    chosen: list[tuple[dict[str, Any], Match]] = []
    for kind in kinds:
        of_kind = [(post, match) for post, match in found if match.kind == kind]
        chosen += sorted(of_kind, key=lambda pair: zlib.crc32(pair[0]["id"].encode()))[:EACH]
    return chosen


def show(sample: list[tuple[dict[str, Any], Match]]) -> None:
    """Print the sample for reading."""
    for number, (post, match) in enumerate(sample):
        who = {key: value for key, value in match.slots["subject"].items() if value}
        print(
            f"{number} [{post['id']}] {match.kind} {who} `{match.quote}`\n    {' '.join(post['text'].split())[:330]}"
        )


def record(
    lang: str,
    sample: list[tuple[dict[str, Any], Match]],
    wrong: str,
    wrong_who: str,
    kinds: list[str],
) -> None:
    """Keep the verdicts of a sample: the numbers that are wrong, and those whose subject is; all others are right."""
    path = BY_KIND if kinds else VERDICTS
    kept = [json.loads(line) for line in path.open(encoding="utf-8")] if path.exists() else []
    kept = [
        verdict for verdict in kept if verdict["lang"] != lang or (kinds and verdict["kind"] not in kinds)
    ]
    bad, bad_who = (
        {int(number) for number in numbers.split(",") if number} for numbers in (wrong, wrong_who)
    )
    for number, (post, match) in enumerate(sample):
        who = match.slots["subject"]["who"]
        kept.append(
            {"lang": lang, "id": post["id"], "kind": match.kind, "who": who, "rule": match.version,
             "right": number not in bad, "who_right": number not in bad | bad_who}
        )  # fmt: skip
    path.write_text("".join(json.dumps(verdict) + "\n" for verdict in kept), encoding="utf-8")


def report(lang: str) -> None:
    """Print the share of the read signals that is right, by kind and in all."""
    if not VERDICTS.exists():
        sys.exit("nothing was read yet; --draw prints a sample")
    read = [json.loads(line) for line in VERDICTS.open(encoding="utf-8")]
    read = [verdict for verdict in read if verdict["lang"] == lang]
    right, total = sum(v["right"] for v in read), len(read)
    low, high = wilson(right, total)
    who = sum(v["who_right"] for v in read)
    print(
        f"{lang}: {right} of {total} read signals are right: {right / max(1, total):.2f} ({low:.2f}-{high:.2f})"
    )
    print(f"{lang}: with the right subject too: {who}")
    wrong = Counter(v["kind"] for v in read if not v["right"])
    print(f"{lang}: wrong by kind: {dict(wrong.most_common())}")
    for kind, verdicts in _by_kind(lang).items():
        good = sum(v["right"] for v in verdicts)
        print(f"{lang}: {kind}, read by itself: {good} of {len(verdicts)} right")


def _by_kind(lang: str) -> dict[str, list[dict[str, Any]]]:
    """Return the verdicts of the samples kind by kind."""
    found: dict[str, list[dict[str, Any]]] = {}
    if BY_KIND.exists():
        for line in BY_KIND.open(encoding="utf-8"):
            verdict = json.loads(line)
            if verdict["lang"] == lang:
                found.setdefault(verdict["kind"], []).append(verdict)
    return found


def main() -> None:
    """Draw, record or report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--data", type=Path, required=True, help="the folder of unlabelled posts")
    parser.add_argument("--lang", choices=("en", "ru"), required=True)
    parser.add_argument("--draw", action="store_true", help="print the sample for reading")
    parser.add_argument("--rates", action="store_true", help="print signals per 1,000 posts by kind")
    parser.add_argument("--kinds", nargs="+", default=[], help="draw or record these kinds by themselves")
    parser.add_argument("--wrong", help="record the sample: numbers of the wrong ones, with commas")
    parser.add_argument("--wrong-who", default="", help="numbers of right events told of the wrong person")
    options = parser.parse_args()
    if not (options.draw or options.rates or options.wrong is not None):
        report(options.lang)
        return
    found, posts = signals(options.data / f"{options.lang}.jsonl")
    if options.rates:
        for kind, count in Counter(match.kind for _, match in found).most_common():
            print(f"{options.lang} {kind:24} {count:6} {1000 * count / posts:8.2f} per 1,000 posts")
    sample = drawn_by_kind(found, options.kinds) if options.kinds else drawn(found)
    if options.draw:
        show(sample)
    if options.wrong is not None:
        record(options.lang, sample, options.wrong, options.wrong_who, options.kinds)


if __name__ == "__main__":
    main()
