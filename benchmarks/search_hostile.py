"""Ten thousand random and adversarial queries: each is understood or refused within 50 ms of processor time.

    python benchmarks/search_hostile.py [--count 10000] [--seed 1]

Exit status 1 if any takes longer, raises anything but a QueryFault, or is not the same after printing and parsing.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator

from triggers.search.faults import QueryFault
from triggers.search.parser import parse
from triggers.search.printer import canonical

LIMIT = 0.050
_PIECES = (
    "job", "работа", "#tag", "@name", "C++", "3.14", "🎉", "e-mail", "AND", "OR", "NOT", "И", "ИЛИ", "НЕ", "NEAR/3", "ONEAR/5",
    "NEAR", "РЯДОМ/2", "NEAR/99999999999", "/3", "near/4:", "a,b", ",", "(", ")", "((", "))", '"', "“", "”", "«", "»", "'", "{", "}",
    "[", "]", "|", "||", "&", "&&", "!", "-", "--", "+", "=", "=word", "word*", "w*", "*", "?", "wo?d", "word~1", "~", "~9", '"a b"~3',
    "/re/", "/", "/(a+)+$/", "/((((a{100}){100}){100}){100})/", "/(?=x)/", "/[/", "/\\1/", "title:", "title:(", "lang:en", "lang:",
    "followers:>10", "followers:[1 TO 5]", "date:2026-99", "age:<7d", "site:", "foo:", "search:\"x\"", "contact:@vip", "<<<", ">>>",
    "# comment\n", "\n", "\t", "\x00", "\x1b[31m", "\u202e", "\u200f", "\u200b", "\ufeff", "\u0301", "\ud83d", "😀" * 20, "a" * 200, "^2", ":", "::",
)  # fmt: skip


def queries(count: int, source: random.Random) -> Iterator[str]:
    """Yield adversarial queries first, then random ones."""
    fixed = list(_adversarial())
    yield from fixed[:count]
    for _ in range(count - len(fixed)):
        kind = source.random()
        if kind < 0.6:
            joint = source.choice((" ", " ", ""))
            yield joint.join(source.choice(_PIECES) for _ in range(source.randint(1, 30)))
        elif kind < 0.8:
            yield "".join(
                chr(
                    source.choice(
                        (
                            source.randrange(32, 127),
                            source.randrange(0x400, 0x460),
                            source.randrange(0x110000),
                        )
                    )
                )
                for _ in range(source.randint(1, 300))
            )
        else:
            yield " ".join(source.choice(_PIECES) for _ in range(source.randint(100, 1500)))


def _adversarial() -> Iterator[str]:
    for size in (50, 1000, 9999, 100_000):
        for piece in ("(", ")", '"', "“", "«", "!", "-", "NOT ", "a AND ", "a OR ", "(a OR ", "a|", "a ", "a NEAR/1 ", "/a", "<<<", "#", "{", "=", "~", "*", "?", ":", "title:", "near/1:", "a,", "\u202e", "\x00", "a-", "a.", "a@", "a'", "a\u200d", "\u0301", "👍\u200d", "1,", "title:(", "lang:(", "[1 TO ", "\\", "И ", "&", "a&"):  # fmt: skip
            yield (piece * size)[:size]
        yield "(" * (size // 2) + "a" + ")" * (size // 2)
        yield "(" + " OR ".join(f"w{number}" for number in range(size // 6)) + ")"
        yield "/" + "(a|" * (size // 6) + "b" + ")" * (size // 6) + "/"
        yield " ".join(f"/(x{number}+)+y/" for number in range(size // 12))
        yield "(a AND b) NEAR/5 " * (size // 17) + "c"
        yield "abc" + "*d" * (size // 2)
        yield '"' + "a b " * (size // 4) + '"~5'
    for pattern in (
        "(a{1000}){1000}",
        "(((a{30}){30}){30}){30}",
        "(.{0,500}){5}x",
        "\\pL{1000}",
        "[^a]{1000}b{1000}",
        "(a|b|c|d){200}",
        "(?i)(ё|я){900}",
        ".{1000}",
        "(?s).{999}$",
    ):
        yield f"/{pattern}/"
        yield " ".join([f"/{pattern}/"] * 20)
        yield " ".join(f"/{pattern}{letter}/" for letter in "abcdefghijklmnopqrst")


def main() -> int:
    """Print what became of the queries and the slowest of them."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    outcome: Counter[str] = Counter()
    slowest: list[tuple[float, str]] = []
    parse("word")
    for query in queries(options.count, random.Random(options.seed)):
        start = time.process_time()
        try:
            understood = parse(query)
        except QueryFault as fault:
            taken = time.process_time() - start
            fault.shown()
            outcome["refused"] += 1
        else:
            taken = time.process_time() - start
            text = canonical(understood.node)
            again = len(text) > 10_000 or parse(text).node == understood.node
            outcome["understood" if again else "CHANGED BY PRINTING"] += 1
            if not again:
                print(f"changed: {query[:200]!r} -> {text[:200]!r}")
        slowest.append((taken, query))
    slowest.sort(reverse=True)
    late = [item for item in slowest if item[0] > LIMIT]
    print(
        f"{sum(outcome.values()):,} queries: {dict(outcome)}; slowest {1000 * slowest[0][0]:.1f} ms, over {1000 * LIMIT:.0f} ms: {len(late)}"
    )
    for taken, query in slowest[:5]:
        print(f"  {1000 * taken:6.1f} ms  {query[:70]!r} ({len(query):,} characters)")
    return int(bool(late) or outcome["CHANGED BY PRINTING"] > 0)


if __name__ == "__main__":
    sys.exit(main())
