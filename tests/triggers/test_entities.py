"""Entities of a pipeline that the user has: here a blank one with a ruler, saved as pipelines are."""

from pathlib import Path

import pytest
import spacy

from triggers.detector import Detector
from triggers.entities import Entity, PipelineFault, load_entities

TEXT = "Boris Lapin of Tidewater moved to Porto"


@pytest.fixture
def pipeline(tmp_path: Path) -> str:
    nlp = spacy.blank("en")
    nlp.add_pipe("entity_ruler").add_patterns(  # type: ignore[attr-defined]  # spaCy types components as functions
        [
            {"label": "PERSON", "pattern": "Boris Lapin"},
            {"label": "ORG", "pattern": "Tidewater"},
            {"label": "GPE", "pattern": "Porto"},
        ]
    )
    nlp.to_disk(tmp_path / "rules")
    return str(tmp_path / "rules")


def test_a_pipelines_entities_are_people_companies_and_places(pipeline: str) -> None:
    found = load_entities("en", pipeline).of(TEXT)
    assert [(TEXT[e.start : e.end], e.label) for e in found] == [
        ("Boris Lapin", "person"), ("Tidewater", "company"), ("Porto", "place")
    ]  # fmt: skip
    assert isinstance(found[0], Entity)


def test_a_missing_pipeline_is_one_clear_line() -> None:
    with pytest.raises(PipelineFault, match="`no_such_pipeline` for en cannot be loaded") as caught:
        Detector.load(kinds=["wedding"], pipelines={"en": "no_such_pipeline"})
    assert len(str(caught.value).splitlines()) == 1


def test_a_pipeline_of_another_language_or_without_entities_is_refused(pipeline: str, tmp_path: Path) -> None:
    with pytest.raises(PipelineFault, match="is for `en`, not `ru`"):
        load_entities("ru", pipeline)
    spacy.blank("en").to_disk(tmp_path / "blank")
    with pytest.raises(PipelineFault, match="finds no entities"):
        load_entities("en", str(tmp_path / "blank"))


def test_a_detector_with_a_pipeline_has_a_version_of_its_own(pipeline: str) -> None:
    assert (
        Detector.load(kinds=["wedding"], pipelines={"en": pipeline}).version
        != Detector.load(kinds=["wedding"]).version
    )
