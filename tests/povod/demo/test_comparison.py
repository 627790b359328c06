"""The judge is judged first: it sees every way in which leads can be wrong."""

from __future__ import annotations

from povod.demo.expected import Expected, ExpectedPost, ExpectedStory
from tests.povod.demo.comparison import Comparison, FoundLead, compare

STORIES = (
    ExpectedStory("anna-weds", ("wedding",), link=("C1",)),
    ExpectedStory("boris-weds", ("wedding",), review=("C2", "C3")),
    ExpectedStory("lark-layoffs", ("layoffs",), new="Lark"),
    ExpectedStory("clara-retires", ("retirement",), dropped="unknown_person"),
    ExpectedStory("boris-pram", ("birth",), link=("C2",), todo="indirect"),
    ExpectedStory("anna-works", ("new_job",), link=("C1",)),
)
EXPECTED = Expected(
    {story.id: story for story in STORIES},
    (
        ExpectedPost("blog", "Anna married", ("anna-weds",)),
        ExpectedPost("forum", "Anna said yes", ("anna-weds",)),
        ExpectedPost("forum", "Boris married", ("boris-weds",)),
        ExpectedPost("blog", "Lark cuts", ("lark-layoffs",)),
        ExpectedPost("forum", "I retired", ("clara-retires",)),
        ExpectedPost("forum", "a pram", ("boris-pram",)),
        ExpectedPost("blog", "a new desk", ("anna-works",), stage=2),
        ExpectedPost("blog", "If I married", silent="hypothetical"),
    ),
)
ANNA = FoundLead("wedding", "Anna", links=frozenset({"C1"}), posts=frozenset({("blog", "Hi. Anna married.")}))
BORIS = FoundLead(
    "wedding", "Boris", "review", frozenset({"C2", "C3"}), frozenset({("forum", "Boris married!")})
)
LARK = FoundLead("layoffs", "Lark", posts=frozenset({("blog", "Lark cuts jobs")}))
GOOD = [ANNA, BORIS, LARK]


def judged(*leads: FoundLead, stage: int = 1) -> Comparison:
    kinds = {"wedding", "layoffs", "retirement", "birth", "new_job"}
    return compare(EXPECTED, leads, kinds=kinds, stage=stage)


def lead_at(kind: str, says: str, source: str = "forum", links: frozenset[str] = frozenset()) -> FoundLead:
    return FoundLead(kind, "somebody", links=links, posts=frozenset({(source, says)}))


def test_leads_as_expected_have_no_fault() -> None:
    result = judged(*GOOD)
    assert (result.faults, result.stories, result.tellings) == (0, 3, 4)
    assert result.untold == ["anna-weds: forum: Anna said yes"]


def test_a_story_that_nobody_found_is_missing() -> None:
    assert judged(ANNA, BORIS).missing == ["lark-layoffs (layoffs): blog: Lark cuts"]


def test_a_story_of_a_later_stage_is_asked_for_only_then() -> None:
    assert judged(*GOOD, stage=2).missing == ["anna-works (new_job): blog: a new desk"]


def test_a_story_of_a_kind_without_rules_is_not_asked_for() -> None:
    assert compare(EXPECTED, [ANNA, BORIS], kinds={"wedding"}, stage=1).faults == 0


def test_a_lead_from_a_silent_post_is_unexpected_and_says_why() -> None:
    result = judged(*GOOD, lead_at("wedding", "If I married", "blog"))
    assert len(result.unexpected) == 1
    assert "silent: hypothetical" in result.unexpected[0]


def test_a_lead_that_should_have_been_dropped_is_unexpected() -> None:
    assert judged(*GOOD, lead_at("retirement", "I retired")).unexpected


def test_a_lead_of_another_kind_than_its_post_tells_is_unexpected() -> None:
    assert judged(*GOOD, lead_at("birth", "Anna married", "blog")).unexpected


def test_a_story_that_is_too_hard_may_be_found_or_not() -> None:
    assert judged(*GOOD, lead_at("birth", "a pram", links=frozenset({"C2"}))).faults == 0


def test_two_leads_of_one_story_are_a_split() -> None:
    other = lead_at("wedding", "Anna said yes", links=frozenset({"C1"}))
    assert len(judged(*GOOD, other).split) == 1


def test_one_lead_of_two_stories_is_a_merge() -> None:
    both = FoundLead("wedding", "Anna", links=frozenset({"C1"}), posts=ANNA.posts | BORIS.posts)
    assert len(judged(both, LARK).merged) == 1


def test_a_link_to_somebody_else_or_an_undecided_one_is_wrong() -> None:
    wrong = FoundLead("wedding", "Anna", links=frozenset({"C2"}), posts=ANNA.posts)
    undecided = FoundLead("wedding", "Anna", "review", ANNA.links, ANNA.posts)
    silent_choice = FoundLead("wedding", "Boris", "new", frozenset({"C2"}), BORIS.posts)
    for lead, *others in ([wrong, BORIS], [undecided, BORIS], [silent_choice, ANNA]):
        assert len(judged(lead, *others, LARK).wrongly_linked) == 1


def test_the_table_names_every_fault() -> None:
    table = judged(ANNA, lead_at("birth", "Boris married")).table()
    assert "missing           2" in table
    assert "boris-weds" in table
    assert "birth of somebody [unknown] new" in table
