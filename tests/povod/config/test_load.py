"""Reading povod.yml: all faults at once, each with its line and the nearest valid spelling."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from povod.config import load_config
from povod.config.load import LoadedConfig
from povod.faults import ConfigFaults, UserError


def load(folder: Path, text: str) -> LoadedConfig:
    file = folder / "povod.yml"
    file.write_text(text, encoding="utf-8")
    return load_config(file)


def faults_of(folder: Path, text: str) -> list[str]:
    with pytest.raises(ConfigFaults) as caught:
        load(folder, text)
    return [str(fault).removeprefix(str(folder) + "/") for fault in caught.value.faults]


def test_an_empty_file_is_a_configuration_of_defaults(tmp_path: Path) -> None:
    config = load(tmp_path, "# nothing yet\n").config
    assert config.sources == []
    assert config.fetch.timeout == timedelta(seconds=60)
    assert config.privacy.people == "known"
    assert not config.privacy.sensitive


def test_lengths_of_time_and_sizes_are_read_with_their_units(tmp_path: Path) -> None:
    config = load(
        tmp_path, "fetch: {timeout: 90s, min_interval: 30m, max_interval: 1w, max_size: 5MiB}\n"
    ).config
    assert config.fetch.timeout == timedelta(seconds=90)
    assert config.fetch.max_interval == timedelta(weeks=1)
    assert config.fetch.max_size == 5 * 1024**2


def test_all_faults_are_told_at_once_each_with_its_line(tmp_path: Path) -> None:
    text = """\
databse: x
sources:
  - name: Press
    url: ftp://press.example/feed
    intervall: 1h
  - name: Press
    url: https://press.example/feed
    paused: maybe
fetch:
  timeout: 5
contacts:
  - file: contcts.csv
"""
    (tmp_path / "contacts.csv").write_text("name\nAnna Sokolova\n", encoding="utf-8")
    assert faults_of(tmp_path, text) == [
        "povod.yml:1: unknown key 'databse'; did you mean 'database'?",
        "povod.yml:4: 'sources[1].url': an address here starts with http:// or https:// and names a host",
        "povod.yml:5: unknown key 'intervall'; did you mean 'interval'?",
        "povod.yml:6: the name 'Press' is taken already, on line 3",
        "povod.yml:8: 'sources[2].paused' is true or false, not 'maybe'",
        "povod.yml:10: 'fetch.timeout': a length of time is a number and a unit, such as 90s, 30m, 2h, 7d or 1w",
        "povod.yml:12: there is no file contcts.csv; did you mean 'contacts.csv'?",
    ]


def test_limits_are_told_in_plain_words(tmp_path: Path) -> None:
    text = """\
linking: {link_at: 1.5, review_at: x}
fetch: {concurrency: 0, timeout: 0s, max_interval: 999999w, user_agent: "a\\nb"}
run: {every: 0s, batch: 0}
database: 5
sources:
  - {name: a, url: "http://[::1", language: English}
"""
    assert faults_of(tmp_path, text) == [
        "povod.yml:1: 'linking.link_at' is at most 1.0, not 1.5",
        "povod.yml:1: 'linking.review_at' is a number, not 'x'",
        "povod.yml:2: 'fetch.concurrency' is at least 1, not 0",
        "povod.yml:2: 'fetch.max_interval': a length of time here is more than nothing and at most a hundred years",
        "povod.yml:2: 'fetch.timeout': a length of time here is more than nothing and at most a hundred years",
        "povod.yml:2: 'fetch.user_agent': a user agent is one line of ASCII letters, digits and signs: "
        "it is sent in a header",
        "povod.yml:3: 'run.batch' is at least 1, not 0",
        "povod.yml:3: 'run.every': a length of time here is more than nothing and at most a hundred years",
        "povod.yml:4: 'database': is a text such as sqlite:///povod.sqlite3, or {env: NAME}",
        "povod.yml:6: 'sources[1].language': a language is its code of two or three small letters, such as en or ru",
        "povod.yml:6: 'sources[1].url': an address here starts with http:// or https:// and names a host",
    ]


def test_a_folder_in_place_of_a_file_is_called_a_folder(tmp_path: Path) -> None:
    (tmp_path / "people").mkdir()
    assert faults_of(tmp_path, "contacts: [{file: people}]") == [
        "povod.yml:1: people is a folder, not a file"
    ]


def test_a_kind_that_is_none_is_a_fault_of_its_target(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK", "whsec_x")
    hook = '{name: a, url: "https://a.example/", secret: {env: HOOK}, kinds: [layofs, "search:crm"]}'
    assert faults_of(tmp_path, f"deliver: {{webhooks: [{hook}]}}") == [
        "povod.yml:1: there is no kind 'layofs'; did you mean 'layoffs'?"
    ]


@pytest.mark.parametrize("text", ["a: " + "[" * 3000, "a: " + "{b: " * 3000 + "}" * 3000])
def test_values_nested_without_end_are_a_fault(tmp_path: Path, text: str) -> None:
    assert faults_of(tmp_path, text) == ["povod.yml:1: nested more than 30 levels deep"]


def test_a_key_given_twice_is_a_fault(tmp_path: Path) -> None:
    assert faults_of(tmp_path, "sources: []\nsources: []\n") == [
        "povod.yml:2: the key 'sources' stands here twice; keep one of them"
    ]


def test_broken_yaml_names_the_line(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path, "sources:\n  - name: [unclosed\n")
    assert fault.startswith("povod.yml:3: not valid YAML:")


def test_a_secret_written_into_the_file_is_refused_and_not_repeated(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path, "privacy: {suppression_key: hunter2}\n")
    assert "does not belong in this file" in fault
    assert "hunter2" not in fault


def test_a_password_in_the_database_address_is_refused_and_not_repeated(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path, "database: postgresql://povod:hunter2@db.example/povod\n")
    assert "does not belong in this file" in fault
    assert "hunter2" not in fault


def test_a_secret_that_cannot_be_had_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("POVOD_TEST_SECRET", raising=False)
    text = "privacy: {suppression_key: {env: POVOD_TEST_SECRET}}\n"
    assert faults_of(tmp_path, text) == ["povod.yml:1: the environment variable POVOD_TEST_SECRET is not set"]
    monkeypatch.setenv("POVOD_TEST_SECRET", "k")
    assert load(tmp_path, text).config.privacy.suppression_key is not None


def test_the_database_address_may_be_a_secret(tmp_path: Path) -> None:
    (tmp_path / "address").write_text("postgresql://povod:pw@db.example/povod\n", encoding="utf-8")
    loaded = load(tmp_path, "database: {file: address}\n")
    assert loaded.database_url() == "postgresql://povod:pw@db.example/povod"


def test_a_relative_database_path_starts_from_the_files_folder(tmp_path: Path) -> None:
    assert (
        load(tmp_path, "database: sqlite:///data/x.db\n").database_url() == f"sqlite:///{tmp_path}/data/x.db"
    )


def test_people_any_needs_a_basis(tmp_path: Path) -> None:
    source = "sources:\n  - {name: Forum, url: 'https://forum.example/', people: any}\n"
    (fault,) = faults_of(tmp_path, source)
    assert fault.startswith("povod.yml:2:")
    assert "'basis:'" in fault
    load(tmp_path, source.replace("people: any", "people: any, basis: consent in the forum's rules"))


def test_a_missing_file_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such configuration file"):
        load_config(tmp_path / "povod.yml")


def test_a_file_that_is_no_text_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "povod.yml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UserError, match="not UTF-8 text"):
        load_config(tmp_path / "povod.yml")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
        max_leaves=8,
    ),
    st.sampled_from(["sources", "fetch", "contacts", "privacy", "deliver", "database", "rules", "x"]),
)
def test_any_value_under_any_key_is_accepted_or_ends_in_faults(
    tmp_path_factory: pytest.TempPathFactory, value: object, key: str
) -> None:
    import yaml

    file = tmp_path_factory.mktemp("config") / "povod.yml"
    file.write_text(yaml.safe_dump({key: value}, allow_unicode=True), encoding="utf-8")
    with contextlib.suppress(ConfigFaults):
        assert load_config(file).config.model_dump()
