"""What makes a rule fit to ship: one small class for each lint. `check` yields its faults.

`RULE_LINTS` look at one rule, `SET_LINTS` at all rules together.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from triggers.anchors import Anchors
from triggers.faults import RuleFault, RuleFaults
from triggers.kinds import KINDS
from triggers.lemmas import lemmatiser
from triggers.loader import RuleSet
from triggers.matcher import spacy_matcher
from triggers.phrases import Compiler, PhraseFault
from triggers.rule import Line, Rule
from triggers.rule_reader import LANGUAGES
from triggers.testing import check_examples, todo_now_right
from triggers.words import UnknownList, WordLists

FEWEST_EXAMPLES = 3
# Parentheses without parentheses in them, and without the mark or label that would give them a meaning.
_GROUP = re.compile(r"\(([^()]*)\)(?![?@\w])")
LABELS = frozenset({"subject", "verb", "company", "role", "place", "amount", "when", "object"})


@dataclass(slots=True)
class Bench:
    """What lints work with: the word lists, and one spaCy vocabulary for each language."""

    words: dict[str, WordLists]
    _nlp: dict[str, Any] = field(default_factory=dict)
    _anchors: dict[str, Anchors] = field(default_factory=dict)

    def nlp(self, lang: str) -> Any:
        """Return spaCy's blank pipeline of a language."""
        if lang not in self._nlp:
            import spacy  # noqa: PLC0415 -- a second of work that detection does without

            self._nlp[lang] = spacy.blank(lang)
        return self._nlp[lang]

    def anchors(self, lang: str) -> Anchors:
        """Return what finds anchors in patterns."""
        if lang not in self._anchors:
            self._anchors[lang] = Anchors(Compiler(self.words[lang], lemmatiser(lang), lang))
        return self._anchors[lang]


class RuleLint(Protocol):
    """One thing that may be wrong with a rule."""

    def check(self, rule: Rule, bench: Bench) -> Iterator[RuleFault]:
        """Yield its faults."""


def _lines(rule: Rule) -> Iterator[tuple[str, Line]]:
    for selection in rule.all_selections:
        for line in selection.lines:
            yield selection.name, line


def _fault(rule: Rule, line: int, what: str) -> RuleFault:
    return RuleFault(rule.shown, line, what)


class PatternsCompile:
    """A phrase that cannot be read, a word list that is not there, a pattern spaCy refuses."""

    def check(self, rule: Rule, bench: Bench) -> Iterator[RuleFault]:
        """See `RuleLint`."""
        nlp = bench.nlp(rule.language)
        for name, line in _lines(rule):
            try:
                spacy_matcher(nlp, [line], validate=True)
            except (PhraseFault, UnknownList, ValueError) as error:
                yield _fault(rule, line.line, f"{name}: {str(error).splitlines()[0]}")


class LiteralAnchor:
    """A pattern without a word that must be there: it would have to be tried on every text."""

    def check(self, rule: Rule, bench: Bench) -> Iterator[RuleFault]:
        """See `RuleLint`."""
        anchors = bench.anchors(rule.language)
        for name, line in _lines(rule):
            try:
                if all(anchors.line_needs(line)):
                    continue
            except (PhraseFault, UnknownList):
                continue
            yield _fault(
                rule,
                line.line,
                f"{name}: `{line.source}` has no literal anchor; add a word that is rare enough to look for",
            )


class KnownLabels:
    """A capture under a label that no slot has."""

    def check(self, rule: Rule, bench: Bench) -> Iterator[RuleFault]:
        """See `RuleLint`."""
        del bench
        for name, line in _lines(rule):
            try:
                labels = {token.label for pattern in line.patterns for token in pattern.tokens if token.label}
            except (PhraseFault, UnknownList):
                continue
            for label in sorted(labels - LABELS):
                yield _fault(
                    rule, line.line, f"{name}: no slot is called `{label}`; use {', '.join(sorted(LABELS))}"
                )


class BarsInParentheses:
    """Bars that part words where they were meant to part sequences: `(red|dark blue|green)`."""

    def check(self, rule: Rule, bench: Bench) -> Iterator[RuleFault]:
        """See `RuleLint`."""
        del bench
        for name, line in _lines(rule):
            for found in _GROUP.finditer(line.source):
                inside = found[1]
                if "|" in inside and " | " not in inside and len(inside.split()) > 1:
                    spaced = inside.replace("|", " | ")
                    yield _fault(
                        rule,
                        line.line,
                        f"{name}: `{found[0]}` is one sequence; write `({spaced})`, or leave the parentheses out",
                    )


class EnoughExamples:
    """Fewer than three examples that match, or than three that must not."""

    def check(self, rule: Rule, bench: Bench) -> Iterator[RuleFault]:
        """See `RuleLint`."""
        del bench
        for key, examples in (("match", rule.match), ("no_match", rule.no_match)):
            if len(examples) < FEWEST_EXAMPLES:
                yield _fault(rule, 1, f"has {len(examples)} {key} examples; write at least {FEWEST_EXAMPLES}")


class ExamplesPass:
    """An example that comes out differently from what it says."""

    def check(self, rule: Rule, bench: Bench) -> Iterator[RuleFault]:
        """See `RuleLint`."""
        yield from check_examples(rule, bench.words)


class KnownMistakesStand:
    """A `todo_no_match` example that no longer matches: it belongs to `no_match` now."""

    def check(self, rule: Rule, bench: Bench) -> Iterator[RuleFault]:
        """See `RuleLint`."""
        try:
            right = todo_now_right(rule, bench.words)
        except RuleFaults:
            return
        for example in right:
            yield _fault(rule, example.line, "this known mistake is made no longer; move it to no_match")


class Titled:
    """A rule without a title or description."""

    def check(self, rule: Rule, bench: Bench) -> Iterator[RuleFault]:
        """See `RuleLint`."""
        del bench
        for key in ("title", "description"):
            if not getattr(rule, key):
                yield _fault(rule, 1, f"`{key}` is empty; say what the rule finds")


RULE_LINTS: tuple[RuleLint, ...] = (
    Titled(), PatternsCompile(), LiteralAnchor(), KnownLabels(), BarsInParentheses(), EnoughExamples(), ExamplesPass(), KnownMistakesStand(),
)  # fmt: skip


class Counterparts:
    """A kind that has rules in one language only."""

    def check(self, rules: Sequence[Rule]) -> Iterator[RuleFault]:
        """Yield its faults."""
        spoken: defaultdict[str, set[str]] = defaultdict(set)
        for rule in rules:
            spoken[rule.kind].add(rule.language)
        for rule in rules:
            for lang in sorted(set(LANGUAGES) - spoken[rule.kind]):
                yield _fault(
                    rule,
                    1,
                    f"`{rule.kind}` has no rule for language {lang}; write {rule.kind}.{lang}.yml too",
                )


class RightFolder:
    """A built-in rule outside the folder of its family."""

    def check(self, rules: Sequence[Rule]) -> Iterator[RuleFault]:
        """Yield its faults."""
        for rule in rules:
            family = KINDS[rule.kind].family
            if rule.shown.startswith("rules/") and rule.path.parent.name != family:
                yield _fault(rule, 1, f"`{rule.kind}` belongs in rules/{family}/")


SET_LINTS = (Counterparts(), RightFolder())


def lint(
    rules: Iterable[Rule], words: dict[str, WordLists], *, everything: Sequence[Rule] = ()
) -> list[RuleFault]:
    """Return all faults of some rules; `everything` is the set in which counterparts are looked for."""
    chosen = list(rules)
    bench = Bench(words)
    faults = [fault for rule in chosen for check in RULE_LINTS for fault in check.check(rule, bench)]
    shown = {rule.shown for rule in chosen}
    faults += [f for check in SET_LINTS for f in check.check(everything or chosen) if f.file in shown]
    return sorted(set(faults))


def check_packs(loaded: RuleSet) -> None:
    """Check the rules of the user's own packs (all but the first) in full. Raises RuleFaults."""
    own = [rule for pack in loaded.packs[1:] for rule in pack.rules]
    faults = lint(own, loaded.words, everything=[rule for pack in loaded.packs for rule in pack.rules])
    if faults:
        raise RuleFaults(faults)
