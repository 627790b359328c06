"""Speed of detection on real posts, one process on one CPU, beside spaCy's blank tokenizer and one big Matcher.

    python benchmarks/detection_speed.py --data ../shared/data/unlabelled [--posts 20000]

Every measurement is a process of its own, pinned to one CPU and cold (what is built when first needed is in
it; start-up is printed apart), reading the same JSON lines and writing the same form of answer. Times are the
process's own CPU time, so that other work on the machine does not count.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import resource
import subprocess
import sys
import time
from itertools import islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))


def lines_of(path: Path, posts: int) -> list[str]:
    """Return the first posts of a file as JSON lines."""
    with path.open(encoding="utf-8") as file:
        return list(islice(file, posts))


def detect(path: Path, posts: int) -> dict[str, Any]:
    """Time the filter as `povod detect` runs it."""
    began = time.process_time()
    from triggers.detector import Detector
    from triggers.filter import detect_lines

    detector = Detector.load(sensitive=True)
    ready = time.process_time()
    out = io.StringIO()
    detect_lines(io.StringIO("".join(lines_of(path, posts))), out, sys.stderr, detector)
    ended = time.process_time()
    signals = sum(len(json.loads(line)["signals"]) for line in out.getvalue().splitlines())
    return {"start": ready - began, "work": ended - ready, "signals": signals}


def tokenizer(path: Path, posts: int) -> dict[str, Any]:
    """Time spaCy's blank tokenizer with the same JSON in and out."""
    began = time.process_time()
    import spacy

    nlp = spacy.blank(path.stem)
    ready = time.process_time()
    out = io.StringIO()
    for line in lines_of(path, posts):
        post = json.loads(line)
        nlp.make_doc(post["text"])
        out.write(
            json.dumps({"id": post["id"], "lang": post.get("lang"), "signals": []}, ensure_ascii=False) + "\n"
        )
    return {"start": ready - began, "work": time.process_time() - ready}


def one_matcher(path: Path, posts: int) -> dict[str, Any]:
    """Time one Matcher with every pattern over every post, and compare its hits with those of the gate and ours."""
    import spacy
    from spacy.tokens import Doc

    from triggers.detector import Detector
    from triggers.matcher import spacy_matcher
    from triggers.matching import Columns
    from triggers.text import tokenise

    engine = Detector.load(sensitive=True).engine(path.stem)
    nlp = spacy.blank(path.stem)
    matcher = spacy_matcher(nlp, [entry.line for entry in engine.screening.entries])
    texts = [json.loads(line)["text"] for line in lines_of(path, posts)]
    began = time.process_time()
    found = []
    for text in texts:
        columns = Columns(tokenise(text, path.stem), engine.lemmas)
        document = Doc(nlp.vocab, words=columns.tokens.words, lemmas=list(columns["LEMMA"]))
        found.append((columns, matcher(document) if len(document) else []))
    work = time.process_time() - began
    strings = nlp.vocab.strings
    differing = hits = 0
    for text, (columns, theirs) in zip(texts, found, strict=True):
        told = _longest(engine, columns, [(strings[key], start, end) for key, start, end in theirs])
        hits += len(told)
        differing += told != _ours(engine, columns, text)
    return {
        "start": 0.0,
        "work": work,
        "patterns": len(matcher),
        "hits": hits,
        "texts with other hits": differing,
    }


Found = set[tuple[int, int, int, int]]


def _longest(engine: Any, columns: Any, spans: list[tuple[str, int, int]]) -> Found:
    """Return (line, pattern, start, end), the longest that stands where its pattern may at each start."""
    from triggers.matching import stands

    best: dict[tuple[int, int, int], int] = {}
    for name, start, end in spans:
        line, number = map(int, name.split())
        pattern = engine.screening.entries[line].line.patterns[number]
        if end > best.get((line, number, start), start) and stands(pattern, columns.tokens, start, end):
            best[line, number, start] = end
    return {(*key, end) for key, end in best.items()}


def _ours(engine: Any, columns: Any, text: str) -> Found:
    return {
        (line, number, start, end)
        for line, number in engine.reachable(text)
        for start, end, _ in engine.screening.entries[line].line.plan(number).find(columns)
    }


MEASURES = {"detect": detect, "tokenizer": tokenizer, "one matcher": one_matcher}


def memory(path: Path, posts: int) -> None:
    """Print the memory in use while a file is read again and again."""
    from triggers.detector import Detector
    from triggers.filter import detect_lines

    detector = Detector.load(sensitive=True)
    lines = lines_of(path, 20_000)
    done = 0
    while done < posts:
        detect_lines(io.StringIO("".join(lines)), io.StringIO(), sys.stderr, detector)
        done += len(lines)
        if done % 100_000 < len(lines):
            pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
            print(f"{done:>10,} posts: {pages * resource.getpagesize() >> 20} MiB")


def main() -> None:
    """Run each measurement in a process of its own and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument(
        "--data", type=Path, required=True, help="the folder of unlabelled posts: en.jsonl, ru.jsonl"
    )
    parser.add_argument("--posts", type=int, default=20_000)
    parser.add_argument("--matcher-posts", type=int, default=1_000, help="for the big Matcher, which is slow")
    parser.add_argument("--memory", type=int, default=0, help="show memory over so many posts instead")
    parser.add_argument("--only", choices=MEASURES, help=argparse.SUPPRESS)
    parser.add_argument("--lang", choices=("en", "ru"), default=None)
    options = parser.parse_args()
    if options.memory:
        memory(options.data / f"{options.lang or 'en'}.jsonl", options.memory)
        return
    if options.only:
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
        print(json.dumps(MEASURES[options.only](options.data / f"{options.lang}.jsonl", options.posts)))
        return
    for lang in [options.lang] if options.lang else ["en", "ru"]:
        _compare(options, lang)


def _compare(options: argparse.Namespace, lang: str) -> None:
    rates: dict[str, float] = {}
    for name in MEASURES:
        posts = options.matcher_posts if name == "one matcher" else options.posts
        command = [
            sys.executable,
            __file__,
            "--data",
            str(options.data),
            "--posts",
            str(posts),
            "--only",
            name,
            "--lang",
            lang,
        ]
        result = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        rates[name] = posts / result["work"]
        if result.get("texts with other hits"):
            sys.exit(
                f"{lang}: {result['texts with other hits']} texts have other hits than spaCy's Matcher finds"
            )
        rest = {key: value for key, value in result.items() if key not in ("start", "work")}
        print(f"{lang} {name:12} start {result['start']:5.2f} s  {rates[name]:>9,.0f} posts/s  {rest or ''}")
    print(
        f"{lang} detect / tokenizer: {rates['detect'] / rates['tokenizer']:.2f}   detect / one matcher: {rates['detect'] / rates['one matcher']:.1f}"
    )


if __name__ == "__main__":
    main()
