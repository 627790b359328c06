"""Detection as others use it: load the rules once, then ask for batches of documents."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from triggers.engine import LanguageEngine, Work
from triggers.entities import load_entities
from triggers.faults import RuleFault, RuleFaults
from triggers.language import identify
from triggers.loader import RuleSet, builtin_folder, load_rules
from triggers.match import Detection, Document
from triggers.quiet import loading
from triggers.rule import Rule
from triggers.rule_reader import LANGUAGES
from triggers.words import WordLists

# Raised when the engine finds other matches with the same rules: what was processed is looked at again.
ENGINE_VERSION = "2"
# The vocabulary of so many texts is held at once, then forgotten.
ZONE = 2_000


class Detector:
    """All rules in force, for every language. Not for sharing between threads: one for each worker process."""

    def __init__(
        self, rules: Sequence[Rule], words: dict[str, WordLists], pipelines: Mapping[str, str] | None = None
    ) -> None:
        """Make the rules ready. Raises RuleFaults with what is wrong in any language's phrases."""
        self.rules = tuple(rules)
        self.pipelines = dict(pipelines or {})
        cues = builtin_folder() / "_cues"
        self._engines: dict[str, LanguageEngine] = {}
        faults: list[RuleFault] = []
        for lang in LANGUAGES:
            own = [rule for rule in rules if rule.language == lang]
            try:
                entities = load_entities(lang, self.pipelines[lang]) if lang in self.pipelines else None
                self._engines[lang] = LanguageEngine(lang, own, words[lang], cues / f"{lang}.yml", entities)
            except RuleFaults as found:
                faults.extend(found.faults)
        if faults:
            raise RuleFaults(faults)
        self.version = _version(self.rules, words, self.pipelines)

    @classmethod
    def load(
        cls,
        packs: Sequence[Path] = (),
        *,
        sensitive: bool = False,
        disabled: Iterable[str] = (),
        kinds: Iterable[str] | None = None,
        pipelines: Mapping[str, str] | None = None,
    ) -> Detector:
        """Load the built-in rules with the packs over them.

        `disabled` names rules or kinds to leave out, `kinds` the only ones to keep; sensitive
        rules are off unless `sensitive`. The user's own packs are checked in full, examples
        included. `pipelines` names an installed spaCy pipeline for a language (`{"en": "en_core_web_sm"}`),
        whose entities then help to tell people, companies and places; nothing needs one.
        Raises RuleFaults with everything that is wrong, PipelineFault for a pipeline that cannot be used.
        """
        with loading():
            return cls._load(
                packs,
                load_rules(packs, sensitive=sensitive, disabled=disabled, kinds=kinds, strict=False),
                pipelines,
            )

    @classmethod
    def _load(cls, packs: Sequence[Path], rules: RuleSet, pipelines: Mapping[str, str] | None) -> Detector:
        faults = [fault for pack in rules.packs for fault in pack.faults]
        detector = None
        try:
            detector = cls(rules.rules, rules.words, pipelines)
            if packs:
                from triggers.validators import check_packs  # noqa: PLC0415 -- validators test rules with a Detector

                check_packs(rules)
        except RuleFaults as found:
            faults.extend(found.faults)
        if faults or detector is None:
            raise RuleFaults(faults)
        return detector

    def languages(self) -> tuple[str, ...]:
        """Return the languages that have rules."""
        return tuple(lang for lang, engine in self._engines.items() if engine.rules)

    def engine(self, lang: str) -> LanguageEngine:
        """Return the engine of a language that `languages` names."""
        return self._engines[lang]

    def detect(self, document: Document) -> Detection:
        """Return what is found in one document."""
        return self.detect_batch([document])[0]

    def detect_batch(self, documents: Sequence[Document]) -> list[Detection]:
        """Return what is found in each document, in order. The result does not depend on the batch."""
        found: list[Detection] = []
        for low in range(0, len(documents), ZONE):
            found.extend(self._zone(documents[low : low + ZONE]))
        return found

    def detect_stream(self, documents: Iterable[Document], size: int = ZONE) -> Iterator[Detection]:
        """Yield what is found in each document of a stream of any length."""
        batch: list[Document] = []
        for document in documents:
            batch.append(document)
            if len(batch) == size:
                yield from self.detect_batch(batch)
                batch.clear()
        yield from self.detect_batch(batch)

    def _zone(self, documents: Sequence[Document]) -> list[Detection]:
        langs = [
            document.lang[:2].lower() if document.lang else identify(document.text) for document in documents
        ]
        works: list[tuple[LanguageEngine, Work] | None] = []
        for document, lang in zip(documents, langs, strict=True):
            engine = self._engines.get(lang) if lang else None
            work = engine.screen(document) if engine and engine.rules else None
            works.append((engine, work) if engine and work else None)
        return [
            Detection(lang) if work is None else Detection(lang, *work[0].find(work[1]))
            for lang, work in zip(langs, works, strict=True)
        ]


def _version(rules: Sequence[Rule], words: dict[str, WordLists], pipelines: Mapping[str, str]) -> str:
    digest = hashlib.sha256(ENGINE_VERSION.encode())
    for rule in rules:
        digest.update(f"{rule.id} {rule.version}\n".encode())
    for lang in sorted(words):
        for name in sorted(words[lang].lists):
            digest.update(f"{lang} {name} {' '.join(words[lang].lists[name])}\n".encode())
    digest.update("".join(f"{lang} {name}\n" for lang, name in sorted(pipelines.items())).encode())
    for path in sorted((builtin_folder() / "_cues").glob("*.yml")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
