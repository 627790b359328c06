"""Entities of a trained spaCy pipeline that the user has installed: optional, named in the configuration."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

# What pipelines call people, organisations and places (OntoNotes, WikiNER and the Russian news corpora).
_LABELS = {
    "PERSON": "person", "PER": "person", "ORG": "company", "GPE": "place", "LOC": "place", "FAC": "place",
}  # fmt: skip
_LONGEST_TEXT = 20_000


class PipelineFault(Exception):
    """A spaCy pipeline that cannot be used: one clear line."""


@dataclass(frozen=True, slots=True)
class Entity:
    """A name that the pipeline found: `person`, `company` or `place`, at text[start:end]."""

    label: str
    start: int
    end: int


class Entities:
    """The entities of texts in one language."""

    def __init__(self, nlp: Any) -> None:
        self._nlp = nlp

    def of(self, text: str) -> tuple[Entity, ...]:
        """Return the people, organisations and places of a text, in order."""
        with self._nlp.memory_zone():  # words of this text are forgotten after it
            return tuple(
                Entity(_LABELS[entity.label_], entity.start_char, entity.end_char)
                for entity in self._nlp(text[:_LONGEST_TEXT]).ents
                if entity.label_ in _LABELS
            )


@lru_cache(4)
def load_entities(lang: str, name: str) -> Entities:
    """Load an installed pipeline. Raises PipelineFault where it is missing, of another language, or finds no entities."""
    import spacy  # noqa: PLC0415 -- only for those who name a pipeline

    try:
        nlp = spacy.load(name)
    except (OSError, ImportError, ValueError) as error:
        raise PipelineFault(
            f"the spaCy pipeline `{name}` for {lang} cannot be loaded ({str(error).split('. ')[0]}); "
            "install it as spaCy's documentation says, or leave it out: nothing needs one"
        ) from None
    if nlp.lang != lang:
        raise PipelineFault(f"the spaCy pipeline `{name}` is for `{nlp.lang}`, not `{lang}`")
    if not {"ner", "entity_ruler"} & set(nlp.pipe_names):
        raise PipelineFault(
            f"the spaCy pipeline `{name}` finds no entities: it has neither `ner` nor `entity_ruler`"
        )
    return Entities(nlp)
