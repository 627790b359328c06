"""The rules that come with povod, and packs of a user's own."""

import re
from pathlib import Path

import pytest

from triggers.authoring import new_rule
from triggers.detector import Detector
from triggers.faults import RuleFaults
from triggers.loader import load_rules
from triggers.match import Document
from triggers.testing import mutate
from triggers.validators import lint

DOCS = Path(__file__).parents[2] / "docs" / "writing-rules.md"


def documented() -> list[tuple[str, str]]:
    return re.findall(r"<!-- rule: (\S+) -->\n```yaml\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    for name, text in documented():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_every_built_in_rule_is_fit_to_ship() -> None:
    loaded = load_rules()
    assert [str(fault) for fault in lint(loaded.rules, loaded.words)] == []


def test_the_worked_example_of_the_documentation_runs(pack: Path) -> None:
    detector = Detector.load([pack])
    assert any(rule.name == "new_job.example.en" for rule in detector.rules)


def test_every_selection_and_filter_of_the_worked_example_earns_its_place(pack: Path) -> None:
    loaded = load_rules([pack])
    (rule,) = [r for r in loaded.rules if r.name == "new_job.example.en"]
    assert [m.left_out for m in mutate(rule, loaded.words) if m.noticed_by is None] == []


def test_a_pack_takes_the_place_of_a_built_in_rule(tmp_path: Path) -> None:
    built_in = next(rule for rule in load_rules().rules if rule.name == "wedding.en")
    changed = (
        built_in.path.read_text(encoding="utf-8")
        .replace("title: ", "title: My own: ", 1)
        .replace("title: My own: ", "title: My own, ", 1)
    )
    (tmp_path / "wedding.en.yml").write_text(changed, encoding="utf-8")
    rules = [rule for rule in Detector.load([tmp_path]).rules if rule.name == "wedding.en"]
    assert [rule.title[:6] for rule in rules] == ["My own"]


def test_all_faults_of_a_pack_come_at_once_with_their_lines(pack: Path) -> None:
    path = pack / "new_job.example.en.yml"
    text = path.read_text(encoding="utf-8")
    text = (
        text.replace("kind: new_job", "kind: new_jbo")
        .replace("level: high", "level: huge")
        .replace("condition: started", "condition: begun")
    )
    text = text.replace('[{LOWER: "#newjob"}]', "[{POS: VERB}]")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RuleFaults) as caught:
        Detector.load([pack])
    lines = str(caught.value).splitlines()
    assert all(re.match(r".*new_job\.example\.en\.yml:\d+: ", line) for line in lines)
    for part in (
        "did you mean `new_job`?",
        "`level: huge`",
        "no selection or fact is called `begun`",
        "POS means nothing",
    ):
        assert part in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("(a|the|my)? bakery ~hire me", "<any> of the", "no literal anchor"),
        (
            "span: started a new job at the bakery",
            "span: a new job",
            "span is `started a new job at the bakery`",
        ),
        ("bakery ~hire me", "bakery ~hire {mine}", "no word list `mine`"),
        ("{film}", "{film}", ""),
        ('[{LOWER: "#newjob"}]', '[{LOWER: {REGEX: "(a+)+$"}}]', "REGEX can hang"),
    ],
)
def test_a_bad_rule_is_refused_with_the_reason(pack: Path, old: str, new: str, message: str) -> None:
    path = pack / "new_job.example.en.yml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    if not message:
        Detector.load([pack])
        return
    with pytest.raises(RuleFaults, match=re.escape(message)):
        Detector.load([pack])


def test_a_missing_folder_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(RuleFaults, match="there is no such folder of rules"):
        Detector.load([tmp_path / "nowhere"])


@pytest.mark.parametrize(
    "text", ["a: [", "- 1\n- 2\n", "kind: birth\nkind: birth\n", "\x00", "!!python/object:os.system {}"]
)
def test_a_file_that_is_no_rule_is_a_fault_not_a_crash(tmp_path: Path, text: str) -> None:
    (tmp_path / "birth.en.yml").write_text(text, encoding="utf-8")
    with pytest.raises(RuleFaults):
        Detector.load([tmp_path])


def test_bars_that_part_words_instead_of_sequences_are_refused(pack: Path) -> None:
    path = pack / "new_job.example.en.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("(a|the|my)? bakery", "(a bakery|the old bakery|bakery)"), encoding="utf-8")
    loaded = load_rules([pack])
    found = [str(fault) for fault in lint([r for r in loaded.rules if r.path == path], loaded.words)]
    assert any("write `(a bakery | the old bakery | bakery)`" in line for line in found), found


def test_a_new_rule_is_a_skeleton_that_says_what_it_lacks(tmp_path: Path) -> None:
    path = new_rule("birth", "en", tmp_path, "mine")
    assert path.name == "birth.mine.en.yml"
    with pytest.raises(RuleFaults, match="has 0 match examples"):
        Detector.load([tmp_path])
    with pytest.raises(FileExistsError):
        new_rule("birth", "en", tmp_path, "mine")


def test_a_users_rule_finds_what_it_should(pack: Path) -> None:
    found = Detector.load([pack]).detect(Document("My sister begins work in a bakery next month", "en"))
    assert "new_job.example.en" in {match.rule for match in found.matches}
