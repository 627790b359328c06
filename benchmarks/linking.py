"""Links mentions of invented people against a million invented contacts; peers in the same run.

python -m benchmarks.linking [--contacts 1000000] [--mentions 10000] [--peers] [--scan FOLDER]

What a scan of real posts finds is found by mistake: the address book is invented. Each find was read once; what was said
of it is in mention_verdicts.jsonl: a namesake (the text does name somebody, or a firm, of that name) or noise (it does not).
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psutil

from benchmarks import plausible_book
from benchmarks.invented_people import Told, World
from leads.linking import cache
from leads.linking.cache import Change, Index
from leads.linking.linker import Linker, spare_collector
from leads.linking.mentions import MentionScanner
from leads.linking.records import ContactRecord, Decision, Linking

COMPANIES = 5_000
VERDICTS = Path(__file__).with_name("mention_verdicts.jsonl")


def main() -> None:
    """Print recall, precision, speed, memory, and the namesake test."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--mentions", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--peers", action="store_true", help="also measure rapidfuzz cdist and Splink, if installed"
    )
    parser.add_argument("--scan", type=Path, help="a folder with en.jsonl and ru.jsonl to scan for mentions")
    parser.add_argument("--misses", type=int, default=0, help="show so many mentions that were missed")
    arguments = parser.parse_args()
    world = World(arguments.contacts, arguments.seed)
    told = list(world.mentions(arguments.mentions))
    strangers = list(world.strangers(1_000))
    # The invented world is no part of what is measured: the collector need not walk through it again and again.
    gc.collect()
    gc.freeze()
    linker = build(world)
    # As `povod link` does.
    spare_collector()
    answers = measure_speed(linker, told)
    print_quality(world, told, answers, arguments.misses)
    linked = sum(linker.link(mention).decision is Decision.LINK for mention in strangers)
    print(f"namesakes who are someone else: {linked} of {len(strangers)} linked by themselves (bar: 1 %)")
    print_disk(linker)
    if arguments.scan:
        print_scan(arguments.contacts, arguments.scan)
    if arguments.peers:
        from benchmarks.linking_peers import print_peers

        print_peers(world, told)


def build(world: World) -> Linker:
    """Build the index; print how long it takes and what it weighs."""
    gc.collect()
    process = psutil.Process()
    before = process.memory_info().rss
    started, worked = time.perf_counter(), time.process_time()
    linker = Linker(world.contacts)
    linker.settle()
    took, worked = time.perf_counter() - started, time.process_time() - worked
    gc.collect()
    size = (process.memory_info().rss - before) / 2**20
    print(
        f"{len(world.contacts):,} contacts: built in {took:.1f} s, {worked:.1f} s of processor (bar 20), {size:.0f} MiB (bar 600)"
    )
    return linker


def measure_speed(linker: Linker, told: list[Told]) -> list[Linking]:
    """Link all mentions one by one; print mentions a second and percentiles."""
    times = []
    answers = []
    worked = time.process_time()
    for one in told:
        started = time.perf_counter()
        answers.append(linker.link(one.mention))
        times.append(time.perf_counter() - started)
    worked = time.process_time() - worked
    cuts = statistics.quantiles(times, n=100)
    rate = len(told) / sum(times)
    print(
        f"{rate:,.0f} mentions/s, {len(told) / worked:,.0f} a second of processor (bar 5,000), p50 {cuts[49] * 1e3:.2f} ms, p99 {cuts[98] * 1e3:.2f} ms (bar 5)"
    )
    return answers


def print_quality(world: World, told: list[Told], answers: list[Linking], misses: int) -> None:
    """Print recall at the first place per way of differing, and the precision of what was linked by itself."""
    right: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    linked = linked_right = review = 0
    by_key = {contact.key: contact for contact in world.contacts}
    for one, answer in zip(told, answers, strict=True):
        meant = world.contacts[one.contact]
        first = by_key.get(answer.candidates[0].key) if answer.candidates else None
        strict = first is meant
        fair = strict or (first is not None and indistinguishable(one, first, meant))
        right[one.way].append((fair, strict))
        right["all"].append((fair, strict))
        if answer.decision is Decision.LINK:
            linked += 1
            linked_right += strict
        review += answer.decision is Decision.REVIEW
        if misses and not fair:
            misses -= 1
            print(f"  missed ({one.way}): {one.mention} is {meant}; first is {first}")
    print(
        "recall@1 (a namesake whom nothing in the mention tells apart counts as right; in brackets: does not)"
    )
    for way, found in right.items():
        fair, strict = (sum(column) / len(found) for column in zip(*found, strict=True))
        print(f"  {way:16} {fair:.3f} ({strict:.3f}) of {len(found)}")
    print(
        f"linked by itself: {linked / len(told):.1%}, right {linked_right / max(linked, 1):.4f} (bar .99); review {review / len(told):.1%}"
    )


def print_disk(linker: Linker) -> None:
    """Keep the index on disk, open it again, and change one contact in it; print how long each takes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index"
        index = Index(linker.people, linker.organisations)
        kept = _seconds(lambda: cache.write(path, index))
        opened = _seconds(lambda: cache.read(path))
        index = cache.read(path)
        record = index.people.columns[0]
        change = Change("person", record.key, replace(record, role="Director"))

        def change_one() -> None:
            index.apply(change)
            cache.append(path, index, [change])

        changed = _seconds(change_one)
        size = path.stat().st_size / 2**20
        print(
            f"on disk {size:.0f} MiB: kept in {kept:.1f} s, opened and checked in {opened:.2f} s, one contact changed in "
            f"{changed * 1e3:.1f} ms, seconds of processor"
        )


def _seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def print_scan(people: int, folder: Path) -> None:
    """Scan real posts for invented contacts and companies with common names: whoever is found is found wrongly."""
    files = [file for file in (folder / "en.jsonl", folder / "ru.jsonl") if file.exists()]
    if not files:
        print(f"{folder}: holds neither en.jsonl nor ru.jsonl; nothing scanned")
        return
    linker = Linker(plausible_book.contacts(people), plausible_book.companies(COMPANIES))
    linker.settle()
    gc.collect()
    gc.freeze()
    posts = [json.loads(line) for file in files for line in file.open(encoding="utf-8")]
    texts = [post["text"] for post in posts]
    scanner = MentionScanner(linker)
    scanner.scan_batch(texts[:512])
    worked = time.process_time()
    found = scanner.scan_batch(texts)
    worked = time.process_time() - worked
    told = Counter((one.schema, one.linking.decision.value) for post in found for one in post)
    print(
        f"scanned {len(texts):,} posts for {people:,} contacts and {COMPANIES:,} companies of common names, "
        f"{len(texts) / worked:,.0f} a second of processor (bar 10,000); false mentions per 1,000 posts:"
    )
    for (schema, decision), count in sorted(told.items()):
        print(f"  {schema:8} {decision:7} {1000 * count / len(texts):.2f}")
    verdicts = [json.loads(line) for line in VERDICTS.open(encoding="utf-8")]
    read = {(one["id"], one["schema"]): one["verdict"] for one in verdicts}
    said = Counter(
        read.get((post["id"], one.schema), "not read")
        for post, there in zip(posts, found, strict=True)
        for one in there
    )
    print("  read: " + ", ".join(f"{count} {verdict}" for verdict, count in said.most_common()))


def indistinguishable(one: Told, first: ContactRecord, meant: ContactRecord) -> bool:
    """Tell whether everything that the mention tells is as true of the first candidate as of whom it means."""
    told = one.mention
    return (
        first.name == meant.name
        and not (told.email or told.handle)
        and (not told.company or first.company == meant.company)
        and (not told.place or first.place == meant.place)
    )


if __name__ == "__main__":
    main()
