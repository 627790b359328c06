"""Reads a rule's file into a `Rule`, collecting every fault with its line."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from triggers import condition
from triggers.context_flags import ACTIONS, DEFAULTS, FLAGS
from triggers.faults import RuleFault
from triggers.kinds import KINDS
from triggers.lined import Lined, Where, YamlFault, read_lined
from triggers.phrases import Compiler
from triggers.raw_patterns import PatternFault, read_pattern
from triggers.registers import EXCLUDED, REGISTERS
from triggers.rule import LEVELS, UNNAMED, WHO, Example, Line, Rule, Selection, SlotPlan, SubjectPlan

LANGUAGES = ("en", "ru")
FACTS = frozenset(
    {f"text.{name}" for name in REGISTERS}
    | {"text.first_person", "text.short"}
    | {
        "sentence.date",
        "sentence.future_date",
        "sentence.amount",
        "sentence.first_person",
        "sentence.question",
        "sentence.early",
    }
)
MAX_WEIGHT = 100
_NAME = re.compile(r"[a-z][a-z0-9_]*$")
_KEYS = (
    "title",
    "id",
    "kind",
    "language",
    "status",
    "level",
    "sensitive",
    "description",
    "detection",
    "slots",
    "context",
    "falsepositives",
    "examples",
)
_REQUIRED = ("title", "id", "kind", "language", "status", "level", "description", "detection", "examples")
# Where a subject is looked for, beside a fixed one.
FINDS = ("clause", "before", "after", "object", "at", "addressee")
_SLOTS = ("company", "role", "place", "amount", "when", "object")


def read_rule(
    path: Path, shown: str, compilers: Callable[[str], Compiler]
) -> tuple[Rule | None, list[RuleFault]]:
    """Read one rule file; `shown` is how messages name it. A rule with faults is None."""
    try:
        raw = path.read_bytes()
        lined = read_lined(raw.decode("utf-8"))
    except YamlFault as fault:
        return None, [RuleFault(shown, fault.line, fault.what)]
    except UnicodeDecodeError:
        return None, [RuleFault(shown, 1, "not UTF-8 text; save it as UTF-8")]
    except OSError as error:
        return None, [RuleFault(shown, 1, f"cannot be read: {error.strerror}")]
    version = hashlib.sha256(raw).hexdigest()[:12]
    reader = _RuleReader(path, shown, version, lined, compilers)
    rule = reader.rule()
    return (None if reader.faults else rule), reader.faults


class _RuleReader:
    """Reads one file; every method notes what it finds wrong and goes on."""

    def __init__(
        self, path: Path, shown: str, version: str, lined: Lined, compilers: Callable[[str], Compiler]
    ) -> None:
        self.path = path
        self.shown = shown
        self.version = version
        self.lined = lined
        self.compilers = compilers
        self.faults: list[RuleFault] = []

    def fault(self, where: Where, what: str) -> None:
        self.faults.append(RuleFault(self.shown, self.lined.line_of(where), what))

    def mapping(self, value: Any, where: Where, known: Sequence[str]) -> dict[str, Any]:
        """Return a mapping whose keys are all known; note what is not."""
        if not isinstance(value, dict):
            self.fault(where, f"must be a mapping with {', '.join(known)}")
            return {}
        for key in value:
            if key not in known:
                self.fault((*where, key), f"unknown key `{key}`{nearest(str(key), known)}")
        return value

    def text(self, data: dict[str, Any], key: str, where: Where, default: str = "") -> str:
        value = data.get(key, default)
        if not isinstance(value, str):
            self.fault((*where, key), f"`{key}` must be text; quote it")
            return default
        return value.strip()

    def choice(self, data: dict[str, Any], key: str, where: Where, known: Sequence[str], default: str) -> str:
        value = self.text(data, key, where, default)
        if value not in known:
            self.fault(
                (*where, key), f"`{key}: {value}` is not one of {', '.join(known)}{nearest(value, known)}"
            )
            return default
        return value

    def texts(self, value: Any, where: Where) -> tuple[str, ...]:
        """Return a list of texts; one text stands for a list of one."""
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            self.fault(where, "must be a list of texts; quote words like yes, no and numbers")
            return ()
        return tuple(items)

    def rule(self) -> Rule | None:
        data = self.mapping(self.lined.data, (), _KEYS)
        for key in _REQUIRED:
            if key not in data:
                self.fault((), f"`{key}` is missing; see docs/writing-rules.md")
        if self.faults and not data:
            return None
        kind = self.choice(data, "kind", (), tuple(KINDS), "birth")
        language = self.choice(data, "language", (), LANGUAGES, "en")
        self.compiler: Compiler = self.compilers(language)
        self._check_name(kind, language)
        detection = self.mapping(
            data.get("detection", {}),
            ("detection",),
            ("scope", "selections", "filters", "weights", "condition", "registers"),
        )
        scope = self.choice(detection, "scope", ("detection",), ("clause", "sentence", "post"), "sentence")
        selections = self._selections(detection, "selections", scope)
        filters = self._selections(detection, "filters", "sentence")
        examples = self.mapping(
            data.get("examples", {}), ("examples",), ("match", "no_match", "todo_no_match")
        )
        excluded, required = self._registers(detection, KINDS[kind].family)
        text, parsed = self._condition(detection, selections, filters)
        return Rule(
            path=self.path,
            shown=self.shown,
            version=self.version,
            id=self._id(data),
            title=self.text(data, "title", ()),
            kind=kind,
            language=language,
            status=self.choice(data, "status", (), ("experimental", "test", "stable"), "experimental"),
            level=self.choice(data, "level", (), tuple(LEVELS), "medium"),
            sensitive=self._sensitive(data, kind),
            description=self.text(data, "description", ()),
            scope=scope,
            selections=selections,
            filters=filters,
            condition_text=text,
            condition=parsed,
            registers_excluded=excluded,
            registers_required=required,
            subject=self._subject(data, KINDS[kind].family),
            slots=self._slots(data),
            context=self._context(data, KINDS[kind].family),
            falsepositives=self.texts(data.get("falsepositives", []), ("falsepositives",)),
            match=self._examples(examples, "match"),
            no_match=self._examples(examples, "no_match"),
            todo_no_match=self._examples(examples, "todo_no_match"),
        )

    def _check_name(self, kind: str, language: str) -> None:
        stem = self.path.name.removesuffix(".yml").split(".")
        if stem[0] != kind or stem[-1] != language or not 2 <= len(stem) <= 3:
            self.fault(
                (), f"the file must be called {kind}.{language}.yml or {kind}.<variant>.{language}.yml"
            )

    def _id(self, data: dict[str, Any]) -> str:
        value = self.text(data, "id", ())
        try:
            return str(UUID(value))
        except ValueError:
            self.fault(("id",), f"`id: {value}` is no UUID; `povod rules new` makes one")
            return ""

    def _sensitive(self, data: dict[str, Any], kind: str) -> bool:
        value = data.get("sensitive", KINDS[kind].sensitive)
        if not isinstance(value, bool):
            self.fault(("sensitive",), "`sensitive` must be true or false")
            return True
        if KINDS[kind].sensitive and not value:
            self.fault(("sensitive",), f"every rule of `{kind}` is sensitive; leave the line out")
        return bool(value)

    def _selections(self, detection: dict[str, Any], key: str, scope: str) -> tuple[Selection, ...]:
        where: Where = ("detection", key)
        data = detection.get(key, {})
        if not isinstance(data, dict):
            self.fault(where, f"`{key}` must be a mapping from names to selections")
            return ()
        if key == "selections" and not data:
            self.fault(where, "at least one selection is needed")
        return tuple(self._selection(name, body, (*where, name), scope) for name, body in data.items())

    def _selection(self, name: Any, body: Any, where: Where, scope: str) -> Selection:
        if not isinstance(name, str) or not _NAME.match(name):
            self.fault(where, f"`{name}` is no name for a selection; use small letters, digits and _")
        if isinstance(body, list):
            body = {"phrases": body}
        data = self.mapping(body, where, ("phrases", "patterns", "scope", "subject", "confidence"))
        lines = [*self._phrases(data, where), *self._patterns(data, where)]
        if not lines:
            self.fault(where, f"the selection `{name}` has neither phrases nor patterns")
        confidence = data.get("confidence")
        if confidence is not None and not (isinstance(confidence, int | float) and 0 < confidence <= 1):
            self.fault((*where, "confidence"), "`confidence` must be a number above 0 and at most 1")
            confidence = None
        return Selection(
            name=str(name),
            lines=tuple(lines),
            scope=self.choice(data, "scope", where, ("clause", "sentence", "post"), scope),
            subject=self.choice(data, "subject", where, ("find", *FINDS, *WHO), "find"),
            confidence=confidence,
        )

    def _phrases(self, data: dict[str, Any], where: Where) -> list[Line]:
        texts = self.texts(data.get("phrases", []), (*where, "phrases"))
        return [
            Line(text, self.lined.line_of((*where, "phrases", index)), self.compiler)
            for index, text in enumerate(texts)
        ]

    def _patterns(self, data: dict[str, Any], where: Where) -> list[Line]:
        where = (*where, "patterns")
        found = []
        patterns = data.get("patterns", [])
        if not isinstance(patterns, list):
            self.fault(where, "`patterns` must be a list of token patterns")
            return []
        for index, raw in enumerate(patterns):
            try:
                pattern = read_pattern(raw)
            except PatternFault as fault:
                self.fault((*where, index), str(fault))
            else:
                found.append(Line(str(raw), self.lined.line_of((*where, index)), self.compiler, (pattern,)))
        return found

    def _condition(
        self, detection: dict[str, Any], selections: tuple[Selection, ...], filters: tuple[Selection, ...]
    ) -> tuple[str, condition.Node]:
        names = [s.name for s in selections]
        text = self.text(detection, "condition", ("detection",), " or ".join(names) or "none")
        both = {s.name for s in filters} & set(names)
        if both:
            self.fault(
                ("detection", "filters"), f"a filter is called like a selection: {', '.join(sorted(both))}"
            )
        try:
            node = condition.parse(text, names, FACTS, self._weights(detection, names))
        except condition.ConditionFault as fault:
            self.fault(("detection", "condition"), f"condition: {fault}")
            return text, condition.AtLeast(0, ())
        unused = set(names) - set(node.names())
        if unused:
            self.fault(
                ("detection", "condition"),
                f"the condition leaves out {', '.join(sorted(unused))}; use or remove",
            )
        if not set(node.positive()) & set(names):
            self.fault(("detection", "condition"), "the condition never asks for a selection")
        return text, node

    def _weights(self, detection: dict[str, Any], names: Sequence[str]) -> dict[str, int]:
        where: Where = ("detection", "weights")
        data = detection.get("weights", {})
        if not isinstance(data, dict):
            self.fault(where, "`weights` must be a mapping from selections and facts to whole numbers")
            return {}
        known = (*names, *sorted(FACTS))
        for name, weight in data.items():
            if name not in known:
                self.fault(
                    (*where, name), f"no selection or fact is called `{name}`{nearest(str(name), known)}"
                )
            if isinstance(weight, bool) or not isinstance(weight, int) or not 0 < abs(weight) <= MAX_WEIGHT:
                self.fault((*where, name), f"a weight is a whole number from 1 to {MAX_WEIGHT}, or below 0")
        if data and "weight" not in self.text(detection, "condition", ("detection",)):
            self.fault(where, "the condition leaves the weights out; ask for `weight >= N` or remove them")
        sound = {str(n): w for n, w in data.items() if n in known and isinstance(w, int)}
        return {} if self.faults else sound

    def _registers(self, detection: dict[str, Any], family: str) -> tuple[frozenset[str], frozenset[str]]:
        where: Where = ("detection", "registers")
        data = self.mapping(detection.get("registers", {}), where, ("exclude", "require"))
        found = []
        for key, default in (("exclude", EXCLUDED[family]), ("require", frozenset())):
            names = frozenset(self.texts(data[key], (*where, key))) if key in data else default
            for name in sorted(names - REGISTERS):
                self.fault((*where, key), f"`{name}` is no register{nearest(name, sorted(REGISTERS))}")
            found.append(names)
        return found[0], found[1]

    def _subject(self, data: dict[str, Any], family: str) -> SubjectPlan:
        where: Where = ("slots", "subject")
        slots = data.get("slots", {})
        body = slots.get("subject", {}) if isinstance(slots, dict) else {}
        body = self.mapping(body, where, ("accept", "missing", "find", "unnamed"))
        default = {
            "life": ["author", "relative", "person", "public"],
            "company": ["company"],
            "intent": ["author"],
        }[family]
        accept = frozenset(self.texts(body.get("accept", default), (*where, "accept")))
        for name in sorted(accept - set(WHO)):
            self.fault((*where, "accept"), f"`{name}` is not one of {', '.join(WHO)}")
        missing = self.choice(
            body, "missing", where, ("drop", *WHO), "author" if family == "intent" else "drop"
        )
        find = self.choice(body, "find", where, FINDS, "clause")
        return SubjectPlan(accept, missing, find, self.choice(body, "unnamed", where, UNNAMED, UNNAMED[0]))

    def _slots(self, data: dict[str, Any]) -> tuple[SlotPlan, ...]:
        slots = self.mapping(data.get("slots", {}), ("slots",), ("subject", *_SLOTS))
        found = []
        for name, body in slots.items():
            if name == "subject" or name not in _SLOTS or body is True:
                found.extend([SlotPlan(name)] if body is True else [])
                continue
            plan = self.mapping(body, ("slots", name), ("after", "default"))
            after = frozenset(self.texts(plan.get("after", []), ("slots", name, "after")))
            found.append(SlotPlan(name, after, plan.get("default")))
        return tuple(found)

    def _context(self, data: dict[str, Any], family: str) -> dict[str, str]:
        given = self.mapping(data.get("context", {}), ("context",), ACTIONS)
        actions = dict(DEFAULTS[family])
        for action, value in given.items():
            for flag in self.texts(value, ("context", action)):
                if flag not in FLAGS:
                    self.fault(
                        ("context", action), f"`{flag}` is no context flag{nearest(flag, tuple(FLAGS))}"
                    )
                actions[flag] = action
        return actions

    def _examples(self, examples: dict[str, Any], key: str) -> tuple[Example, ...]:
        items = examples.get(key, [])
        if not isinstance(items, list):
            self.fault(("examples", key), "must be a list of examples")
            return ()
        return tuple(self._example(item, ("examples", key, i), key) for i, item in enumerate(items))

    def _example(self, item: Any, where: Where, key: str) -> Example:
        known = ("text", "span", "slots", "published") if key == "match" else ("text", "why", "published")
        data = self.mapping(item, where, known)
        if not data.get("text"):
            self.fault(where, "an example needs its `text`")
        if key != "match" and not data.get("why"):
            self.fault(where, "say in `why` what keeps this text from matching")
        slots = data.get("slots", {})
        span = data.get("span")
        if key == "match" and span is None:
            self.fault(where, "an example that matches needs its `span`: the words that are quoted")
        published = data.get("published")
        return Example(
            text=self.text(data, "text", where).strip(),
            line=self.lined.line_of(where),
            span=None if span is None else str(span),
            slots=slots if isinstance(slots, dict) else {},
            published=None if published is None else str(published),
            why=str(data.get("why", "")),
        )


def nearest(word: str, known: Sequence[str]) -> str:
    """Return `; did you mean ...?` for the nearest known word, or a list of what there is."""
    from difflib import get_close_matches  # noqa: PLC0415 -- only for faults

    close = get_close_matches(word, known, 1)
    return f"; did you mean `{close[0]}`?" if close else f"; there are: {', '.join(known)}"
