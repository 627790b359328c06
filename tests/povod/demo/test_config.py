"""The configuration that the demo runs with."""

from __future__ import annotations

from pathlib import Path

from povod.config import load_config
from povod.demo.config import write_config
from povod.demo.server import DemoWorld


def test_the_written_configuration_is_valid_and_names_every_source(
    first_morning: DemoWorld, tmp_path: Path
) -> None:
    loaded = load_config(write_config(tmp_path / "demo", first_morning))
    assert [source.name for source in loaded.config.sources] == [
        source.name for source in first_morning.sources
    ]
    assert [source.url for source in loaded.config.sources] == [
        first_morning.url(s) for s in first_morning.sources
    ]
    assert loaded.config.fetch.allow_networks == ["127.0.0.0/8"]
    assert loaded.path(loaded.config.contacts[0].file).is_file()
