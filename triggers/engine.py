"""The rules of one language at work: gate, patterns, condition, register, filters, subject, context, slots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from triggers.affiliation import company_of
from triggers.anchors import Surface
from triggers.condition import Truth
from triggers.context import ContextCues, Place, flags_of, shared_cues
from triggers.date_words import date_lemmas
from triggers.dates import When, as_told, bearing, find_dates
from triggers.entities import Entities, Entity
from triggers.lemmas import Russian, folded, lemmatiser
from triggers.match import Document, Dropped, Match
from triggers.matcher import Hit, hits, outermost
from triggers.matching import Columns
from triggers.phrases import Compiler
from triggers.quotations import is_quoted
from triggers.registers import COUNTRY, Registers
from triggers.rule import LEVELS, WHO, Rule, Selection
from triggers.screening import Candidates, Entry, Screen
from triggers.slots import fill, quote
from triggers.subject import NOBODY, Predicate, Resolver, Subject
from triggers.subject_en import EnglishResolver
from triggers.subject_ru import RussianResolver
from triggers.text import MONEY, Tokens, tokenise
from triggers.words import WordLists

# What is surer than a coin's toss is a signal; everything below was weakened by its context.
THRESHOLD = 0.5
LOWERED = 0.8
_FIRST = {
    "en": frozenset({"i", "we", "my", "our", "me", "us"}),
    "ru": frozenset({"я", "мы", "меня", "нас", "мне", "нам", "мой", "моя", "мои", "наш", "наша"}),
}


@dataclass(slots=True)
class Work:
    """A text past the gate: which lines it could match, by rule and selection."""

    document: Document
    words: Surface
    candidates: dict[Rule, Candidates]


class LanguageEngine:
    """All rules of one language, ready to find matches."""

    def __init__(
        self,
        lang: str,
        rules: Sequence[Rule],
        words: WordLists,
        cues: Path,
        entities: Entities | None = None,
    ) -> None:
        self.lang = lang
        self.rules = rules
        self.words = words
        self.lemmas = lemmatiser(lang)
        self.compiler = Compiler(words, self.lemmas, lang)
        self.screening = Screen(rules, self.compiler)
        self._cue_path = cues
        self.entities = entities

    @cached_property
    def cues(self) -> ContextCues:
        """Return the context cues."""
        return shared_cues(self._cue_path, self.words, self.lang)

    @cached_property
    def registers(self) -> Registers:
        """Return the register signs."""
        return Registers(self.words, self.lang)

    @cached_property
    def resolver(self) -> Resolver:
        """Return what finds subjects in this language."""
        if isinstance(self.lemmas, Russian):
            return RussianResolver(self.words, self.lemmas)
        return EnglishResolver(self.words, self.lemmas)

    @cached_property
    def _date_forms(self) -> frozenset[str]:
        return self.compiler.forms_of(date_lemmas(self.lang))

    def date_lemma(self, word: str) -> str:
        """Return a word's dictionary form if that may be one that dates are told with, else the word."""
        return self.lemmas.lemma(word) if word in self._date_forms else word

    def screen(self, document: Document) -> Work | None:
        """Return the work a text gives, None when no rule can match it. Nothing is tokenised yet."""
        surface = Surface(document.text)
        candidates = self.screening.candidates(document.text, surface)
        return Work(document, surface, candidates) if candidates else None

    def reachable(self, text: str) -> set[tuple[int, int]]:
        """Return (line, pattern) for all that the gate lets a text be matched against (for benchmarks)."""
        return self.screening.reachable(text)

    def find(self, work: Work) -> tuple[tuple[Match, ...], tuple[Dropped, ...]]:
        """Return the matches of a text, and what was dropped."""
        return _Finder(self, work).result()


class _Finder:
    """Looks through one text."""

    def __init__(self, engine: LanguageEngine, work: Work) -> None:
        self.engine = engine
        self.work = work
        self.tokens: Tokens = tokenise(work.document.text, engine.lang)
        self.columns = Columns(self.tokens, engine.lemmas)
        published = work.document.published
        self.published: date | None = published.date() if published else None
        self.matches: list[Match] = []
        self.dropped: list[Dropped] = []
        self._dates: dict[int, list[When]] = {}
        self._filters: dict[Rule, list[tuple[Entry, list[Hit]]]] = {}

    @cached_property
    def registers(self) -> frozenset[str]:
        return self.engine.registers.of(self.tokens)

    @cached_property
    def entities(self) -> tuple[Entity, ...]:
        """The names a trained pipeline finds, for those who have one."""
        entities = self.engine.entities
        return () if entities is None else entities.of(self.work.document.text)

    @cached_property
    def cues(self) -> list[Place]:
        return self.engine.cues.places(self.columns)

    def result(self) -> tuple[tuple[Match, ...], tuple[Dropped, ...]]:
        if len(self.tokens):
            for rule, candidates in self.work.candidates.items():
                self._rule(rule, candidates)
        return _best(self.matches), tuple(sorted(self.dropped, key=lambda d: (d.start, d.rule, d.reason)))

    def _rule(self, rule: Rule, candidates: Candidates) -> None:
        met: dict[str, list[Hit]] = {}
        for selection in rule.selections:
            found = [
                hit
                for entry, numbers in candidates.get(selection.name, ())
                for hit in hits(self.columns, entry.line, numbers, selection.name)
            ]
            if found:
                met[selection.name] = outermost(found)
        done: set[int] = set()
        for name in rule.main_names:
            for hit in met.get(name, ()):
                unit = self._unit(hit, rule.scope)
                if unit in done:
                    continue
                truth = self._truth(rule, met, hit)
                if rule.condition.holds(truth) and self._take(rule, hit, met, truth):
                    done.add(unit)

    def _unit(self, hit: Hit, scope: str) -> int:
        """Return a number for the stretch of text within which a rule matches once."""
        if scope == "post":
            return 0
        return (
            self.tokens.sentences[hit.start] if scope == "sentence" else self.tokens.clause_span(hit.start)[0]
        )

    def _bounds(self, hit: Hit, scope: str) -> tuple[int, int]:
        if scope == "post":
            return 0, len(self.tokens)
        if scope == "sentence":
            return self.tokens.sentence_span(hit.start)
        low, high = self.tokens.clause_span(hit.start)
        return low, max(high, hit.end)

    def _truth(self, rule: Rule, met: dict[str, list[Hit]], hit: Hit) -> Truth:
        """Return what tells whether a name of the condition holds beside a hit."""
        low, high = self._bounds(hit, rule.scope)
        scopes = {selection.name: selection.scope for selection in rule.selections}

        def truth(name: str) -> bool:
            if "." in name:
                return self._fact(name, hit)
            if name == hit.selection:
                return True
            bounds = (low, high) if scopes[name] == rule.scope else self._bounds(hit, scopes[name])
            return any(other.inside(*bounds) for other in met.get(name, ()))

        return truth

    def _fact(self, name: str, hit: Hit) -> bool:
        scope, _, what = name.partition(".")
        low, high = (0, len(self.tokens)) if scope == "text" else self.tokens.sentence_span(hit.start)
        if what == "first_person":
            words = zip(self.tokens.lowers[low:high], self.tokens.words[low:high], strict=True)
            first = any(lower in _FIRST[self.engine.lang] and word != COUNTRY for lower, word in words)
            return first or (scope == "text" and self.engine.lang == "ru" and "personal" in self.registers)
        if scope == "text":
            return len(self.tokens) <= 30 if what == "short" else what in self.registers
        if what == "date":
            return bool(self._dates_near(hit))
        if what == "future_date":
            return any(when.is_future(self.published) for when in self._dates_near(hit))
        if what == "amount":
            return MONEY in self.tokens.words[low:high]
        if what == "question":
            return self.tokens.sentence_ends[self.tokens.sentences[hit.start]] == "?"
        return self.tokens.sentences[hit.start] < 3

    def _dates_near(self, hit: Hit) -> list[When]:
        number = self.tokens.sentences[hit.start]
        if number not in self._dates:
            low, high = self.tokens.sentence_span(hit.start)
            self._dates[number] = find_dates(self.tokens, low, high, self.published, self.engine.date_lemma)
        return self._dates[number]

    def _when(self, hit: Hit) -> When | None:
        """Return the date a hit goes by, a bare weekday read by the tense of its verb."""
        sentence, _ = self.tokens.sentence_span(hit.start)
        clause = self.tokens.clause_span(hit.start)
        when = bearing(self._dates_near(hit), clause, sentence, hit.start, hit.end)
        words = self.tokens.lowers[max(sentence, hit.start - 2) : hit.end]
        return when and as_told(when, self.engine.resolver.told_as_past(words))

    def _take(self, rule: Rule, hit: Hit, met: dict[str, list[Hit]], truth: Truth) -> bool:
        """Keep a hit as a match, or note why not. Says whether it was kept."""
        reason = self._register_reason(rule) or self._filter_reason(rule, hit)
        if reason:
            return self._drop(rule, hit, reason)
        selection = next(s for s in rule.selections if s.name == hit.selection)
        subject = self._subject(rule, selection, hit)
        if subject is None or subject is NOBODY or subject.who not in rule.subject.accept:
            return self._drop(
                rule, hit, "subject: " + (subject.who or subject.how if subject else "none told")
            )
        unnamed = subject.who in ("author", "relative") or not (subject.name or subject.handle)
        if unnamed and self._is_quoted(hit):
            return self._drop(rule, hit, "subject: somebody who is quoted")
        when = self._when(hit)
        flags = flags_of(hit, self.tokens, self.cues, when, self.published)
        dropping = next((flag for flag in flags if rule.context[flag] == "drop"), None)
        if dropping:
            return self._drop(rule, hit, f"{dropping}: {flags[dropping]}")
        base = LEVELS[rule.level] if selection.confidence is None else selection.confidence
        confidence, reasons = self._confidence(rule, base, subject, flags)
        if confidence < THRESHOLD:
            return self._drop(rule, hit, f"weak: {confidence:.2f}")
        quoted = f"{selection.name}: {quote(self.tokens, hit.start, hit.end)}"
        told = (quoted, *rule.condition.evidence(truth), *reasons)
        shown = tuple(sorted(flag for flag in flags if rule.context[flag] != "ignore"))
        match = self._match(rule, hit, self._slots(rule, hit, met, subject, when))
        self.matches.append(replace(match, confidence=confidence, reasons=told, context=shown))
        return True

    def _is_quoted(self, hit: Hit) -> bool:
        start, end = self.tokens.starts[hit.start], self.tokens.ends[hit.end - 1]
        return is_quoted(self.tokens.text, start, end)

    def _drop(self, rule: Rule, hit: Hit, reason: str) -> bool:
        start, end = self.tokens.starts[hit.start], self.tokens.ends[hit.end - 1]
        self.dropped.append(Dropped(rule.kind, rule.name, start, end, reason))
        return False

    def _register_reason(self, rule: Rule) -> str:
        excluded = rule.registers_excluded & self.registers
        if excluded:
            return f"register: {sorted(excluded)[0]}"
        if rule.registers_required and not rule.registers_required & self.registers:
            return f"register: not {' or '.join(sorted(rule.registers_required))}"
        return ""

    def _filter_reason(self, rule: Rule, hit: Hit) -> str:
        for entry, found in self._filtered(rule):
            low, high = self._bounds(hit, entry.selection.scope)
            if any(other.inside(low, high) for other in found):
                return f"filter: {entry.selection.name}"
        return ""

    def _filtered(self, rule: Rule) -> list[tuple[Entry, list[Hit]]]:
        """Return where the lines of a rule's filters are found, looked for once."""
        if rule not in self._filters:
            opened = self.engine.screening.filters(rule, self.work.words)
            self._filters[rule] = [
                (entry, hits(self.columns, entry.line, numbers, entry.selection.name))
                for entry, numbers in opened
            ]
        return self._filters[rule]

    def _subject(self, rule: Rule, selection: Selection, hit: Hit) -> Subject | None:
        label = hit.labels.get("subject")
        found: Subject | None
        if label is not None:
            found = self.engine.resolver.captured(self.tokens, *label, self.registers)
        elif selection.subject in WHO:
            return self._assumed(rule, selection, hit)
        else:
            find = rule.subject.find if selection.subject == "find" else selection.subject
            found = self._resolved(rule, hit, find)
        missing = rule.subject.missing
        if missing == "author" and {"news", "headline"} & self.registers:
            missing = "drop"
        if missing != "drop" and (found is None or (found is NOBODY and missing == "company")):
            return Subject(missing, how="no other subject", sure=0.9)
        return self._company(rule, found)

    def _resolved(self, rule: Rule, hit: Hit, find: str, *, company: bool = False) -> Subject | None:
        verb = hit.labels.get("verb", (hit.start, hit.end))[0]
        company = company or ("company" in rule.subject.accept and "person" not in rule.subject.accept)
        at = Predicate(hit.start, hit.end, verb, find, company, rule.subject.unnamed)
        found = self.engine.resolver.resolve(self.tokens, at, self.registers)
        return self._as_entity(found) if self.entities else found

    def _as_entity(self, found: Subject | None) -> Subject | None:
        """Correct what a subject's name stands for by what the pipeline takes it for."""
        if found is None or found.place is None or found.who not in ("person", "public"):
            return found
        start, end = self.tokens.starts[found.place[0]], self.tokens.ends[found.place[1] - 1]
        labels = {e.label for e in self.entities if e.start < end and start < e.end}
        if labels == {"company"}:
            return replace(found, who="company", relation=None)
        return NOBODY if labels == {"place"} else found

    def _assumed(self, rule: Rule, selection: Selection, hit: Hit) -> Subject:
        """Return whom a selection takes its words to be about, unless the text names somebody else.

        `became a dad` is the author's word only where nobody else is its subject; words that say `my` are.
        """
        assumed = Subject(selection.subject, how=f"selection {selection.name}")
        own = any(word in _FIRST[self.engine.lang] for word in self.tokens.lowers[hit.start : hit.end])
        noun = self.tokens.words[hit.start][0].isupper() and assumed.who != "company"
        if assumed.who == "public" or own or noun:
            return assumed  # nothing stands before a noun's capital that is its subject
        told = self._company(rule, self._resolved(rule, hit, "clause", company=assumed.who == "company"))
        if told is None or told.place is None or told.sure < 1.0 or told.who not in rule.subject.accept:
            return assumed
        return assumed if (assumed.who == "company") != (told.who == "company") else told

    def _company(self, rule: Rule, found: Subject | None) -> Subject | None:
        """Read a named subject, or `we`, as a company where the rule is about companies, not about people."""
        if (
            found is None
            or found.who not in ("person", "public", "author")
            or found.who in rule.subject.accept
            or "company" not in rule.subject.accept
        ):
            return found
        return replace(found, who="company", relation=None)

    def _confidence(
        self, rule: Rule, base: float, subject: Subject, flags: dict[str, str]
    ) -> tuple[float, tuple[str, ...]]:
        """Weaken a rule's confidence by what speaks against it; say what did."""
        confidence = base * subject.sure
        reasons = [f"subject: {subject.who}, {subject.how}"]
        for flag, words in flags.items():
            if rule.context[flag] == "lower":
                confidence *= LOWERED
                reasons.append(f"lowered, {flag}: {words}")
        return min(0.99, round(confidence, 3)), tuple(reasons)

    def _slots(
        self, rule: Rule, hit: Hit, met: dict[str, list[Hit]], subject: Subject, when: When | None
    ) -> dict[str, Any]:
        low, high = self._bounds(hit, rule.scope)
        others = [h for found in met.values() for h in found if h is not hit and h.inside(low, high)]
        slots: dict[str, Any] = {"subject": subject.slot()}
        slots.update(fill(rule.slots, others, hit, self.tokens, self.engine.words.words("_gap")))
        self._name_company(slots, hit, others, subject)
        self._name_entities(slots, rule, hit)
        if when is not None:
            slots["when"] = when.slot(quote(self.tokens, when.start, when.end))
        return slots

    def _name_company(self, slots: dict[str, Any], hit: Hit, others: list[Hit], subject: Subject) -> None:
        """Fill `company`: captured, else the subject itself, else what follows, else where the person belongs."""
        if any("company" in found.labels for found in (hit, *others)):
            return
        if subject.who == "company" and subject.name:
            slots["company"] = subject.name
        elif not slots.get("company") and subject.place is not None and subject.who in ("person", "public"):
            company = company_of(self.tokens, subject.place, self.engine.words.words("role"))
            if company:
                slots["company"] = company

    def _name_entities(self, slots: dict[str, Any], rule: Rule, hit: Hit) -> None:
        """Fill what is still empty with the only name of its kind in the sentence; take no place for a company."""
        if not self.entities:
            return
        low, high = self.tokens.sentence_span(hit.start)
        span = self.tokens.starts[low], self.tokens.ends[high - 1]
        text = self.tokens.text
        inside = [entity for entity in self.entities if span[0] <= entity.start and entity.end <= span[1]]
        named = {text[entity.start : entity.end]: entity.label for entity in inside}
        if named.get(str(slots.get("company"))) == "place":
            slots["place"] = slots.get("place") or slots["company"]
            slots["company"] = None
        for plan in rule.slots:
            of_kind = [name for name, label in named.items() if label == plan.name]
            if plan.name in ("company", "place") and not slots.get(plan.name) and len(of_kind) == 1:
                slots[plan.name] = of_kind[0]

    def _match(self, rule: Rule, hit: Hit, slots: dict[str, Any]) -> Match:
        start, end = self.tokens.starts[hit.start], self.tokens.ends[hit.end - 1]
        text = self.tokens.text[start:end]
        return Match(
            rule.kind, rule.name, rule.version, start, end, text, 0.0, slots, sensitive=rule.sensitive
        )


def _best(matches: list[Match]) -> tuple[Match, ...]:
    """Return one match for each kind and subject: the surest, then the first."""
    best: dict[tuple[str, str], Match] = {}
    for match in sorted(matches, key=lambda m: (-m.confidence, m.start, -m.end, m.rule)):
        subject = match.slots["subject"]
        named = subject["name"] or subject["handle"] or subject["relation"] or ""
        best.setdefault((match.kind, f"{subject['who']}:{folded(named)}"), match)
    return tuple(sorted(best.values(), key=lambda m: (m.start, m.end, m.rule)))


__all__ = ["LanguageEngine", "Work"]
