"""The configuration's reference and template say what the schema says."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest

from povod.config import load_config
from povod.config.reference import reference

DOCS = Path(__file__).parents[3] / "docs"


def test_the_reference_in_the_docs_is_the_one_the_schema_gives() -> None:
    assert (DOCS / "configuration.md").read_text(encoding="utf-8") == reference(), "run: make docs"


def test_the_template_is_valid_as_it_is(tmp_path: Path) -> None:
    template = files("povod.config").joinpath("template.yml").read_text(encoding="utf-8")
    (tmp_path / "povod.yml").write_text(template, encoding="utf-8")
    assert load_config(tmp_path / "povod.yml").config.sources == []


def test_what_the_template_comments_out_is_valid_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    template = files("povod.config").joinpath("template.yml").read_text(encoding="utf-8")
    for name in ("POVOD_WEBHOOK_SECRET", "POVOD_SUPPRESSION_KEY"):
        monkeypatch.setenv(name, "invented")
    (tmp_path / "contacts.csv").write_text("name\nAnna Sokolova\n", encoding="utf-8")
    (tmp_path / "rules").mkdir()
    (tmp_path / "povod.yml").write_text(_switched_on(template), encoding="utf-8")
    config = load_config(tmp_path / "povod.yml").config
    assert [source.name for source in config.sources] == ["Example News", "Town forum"]
    assert config.rules.disabled == ["layoffs"]
    assert config.deliver.webhooks[0].min_score == 40


def _switched_on(template: str) -> str:
    """Take the comment sign away from every line that holds keys."""
    kept = [
        line
        for line in template.splitlines()
        if not line.startswith(("sources: []", "contacts: []", "# database:"))
    ]
    text = "\n".join(re.sub(r"^( *)# (?=( *- | +)?[a-z_]+:( |$))", r"\1", line) for line in kept)
    return text.replace("- name: Example News", "sources:\n- name: Example News").replace(
        "- file: contacts.csv", "contacts:\n- file: contacts.csv"
    )
