"""The percolator as it is used: added to, changed, asked with fields, detection and contacts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from triggers.search.faults import QueryFault, SearchFault
from triggers.search.percolator import Percolator
from triggers.search.posts import ContactFacts, Found, SearchPost, Span

NOW = datetime(2026, 5, 17, 12, tzinfo=UTC)


def matched(searches: Percolator, post: SearchPost) -> list[str]:
    return [match.search for match in searches.match([post])[0]]


def holds(query: str, **given: object) -> bool:
    searches = Percolator(now=lambda: NOW)
    searches.add("s", query)
    return bool(matched(searches, SearchPost("p", **{"text": "", **given})))  # type: ignore[arg-type]


def test_a_changed_search_matches_by_its_new_words_only() -> None:
    searches = Percolator()
    searches.add("s", "apple", "1")
    searches.add("s", "pear", "2")
    (match,) = searches.match([SearchPost("p", "an apple, a pear")])[0]
    assert (match.version, match.spans) == ("2", [(12, 16)])
    assert matched(searches, SearchPost("p", "apple")) == []


def test_a_removed_search_leaves_nothing_behind() -> None:
    searches = Percolator()
    for number in range(20):
        searches.add(
            f"s{number}", f"word{number} AND (lang:en OR wild{number}* OR fuzzy{number}~1) NOT search{number}"
        )
    for number in range(20):
        searches.remove(f"s{number}")
    assert not searches.table.numbers
    assert not searches._by_anchor
    assert not searches._always
    assert matched(searches, SearchPost("p", "word1 wild1x", lang="en")) == []


def test_a_search_that_is_refused_leaves_the_old_one_as_it_was() -> None:
    searches = Percolator()
    searches.add("s", "apple")
    with pytest.raises(QueryFault):
        searches.add("s", "(apple")
    with pytest.raises(SearchFault):
        searches.add("s", "contact:known")
    assert matched(searches, SearchPost("p", "apple")) == ["s"]


def test_matches_come_in_the_order_in_which_searches_were_added() -> None:
    searches = Percolator()
    for name in ("c", "a", "b"):
        searches.add(name, "apple OR -pear")
    searches.add("a", "apple")
    assert matched(searches, SearchPost("p", "apple")) == ["c", "a", "b"]


def test_an_included_search_brings_its_spans_and_its_changes() -> None:
    searches = Percolator()
    searches.add("fruit", "apple OR pear")
    searches.add("sale", 'search:"fruit" AND sale')
    (match,) = [
        match for match in searches.match([SearchPost("p", "sale of pears")])[0] if match.search == "sale"
    ]
    assert match.spans == [(0, 4), (8, 13)]
    searches.add("fruit", "plum")
    assert matched(searches, SearchPost("p", "sale of pears")) == []
    assert matched(searches, SearchPost("p", "sale of plums")) == ["fruit", "sale"]


def test_a_search_that_is_off_can_be_included_and_matches_nothing_itself() -> None:
    searches = Percolator()
    searches.add("fruit", "apple", enabled=False)
    searches.add("sale", 'search:"fruit" sale')
    assert matched(searches, SearchPost("p", "apple sale")) == ["sale"]
    searches.enable("fruit")
    assert matched(searches, SearchPost("p", "apple sale")) == ["fruit", "sale"]


def test_includes_that_go_round_or_lead_nowhere_are_refused() -> None:
    searches = Percolator()
    searches.add("a", "apple")
    searches.add("b", 'search:"a"')
    searches.add("c", 'search:"b"')
    with pytest.raises(SearchFault, match="circle"):
        searches.add("a", 'search:"c"')
    with pytest.raises(SearchFault, match="each other"):
        searches.add("d", 'search:"d"')
    searches.add("apples", "apple")
    with pytest.raises(SearchFault, match="did you mean 'apples'"):
        searches.add("e", 'search:"aples"')
    with pytest.raises(SearchFault, match="included by b"):
        searches.remove("a")


def test_many_are_added_whatever_their_order_and_all_faults_told() -> None:
    searches = Percolator()
    faults = searches.add_all(
        [
            ("b", 'search:"a"', "1"),
            ("a", "apple", "1"),
            ("x", 'search:"y"', "1"),
            ("y", 'search:"x"', "1"),
            ("z", "(", "1"),
            ("w", "contact:known", "1"),
        ]
    )
    assert sorted(name for name, _ in faults) == ["w", "x", "y", "z"]
    assert matched(searches, SearchPost("p", "apple")) == ["b", "a"] or matched(
        searches, SearchPost("p", "apple")
    ) == ["a", "b"]


def test_includes_that_multiply_are_stopped() -> None:
    searches = Percolator()
    searches.add("s0", " OR ".join(f"w{number}" for number in range(200)))

    def multiply() -> None:
        for level in range(1, 12):
            searches.add(f"s{level}", " OR ".join(f'search:"s{level - 1}" w{number}' for number in range(9)))

    with pytest.raises(SearchFault, match="too many terms"):
        multiply()
    assert "s0" in searches


@pytest.mark.parametrize(
    ("query", "given", "expected"),
    [
        ("lang:en", {"lang": "en"}, True),
        ("lang:en", {}, False),
        ("lang:en", {"lang": "en-GB"}, True),
        ("-lang:en", {}, True),
        ("source:habr*", {"source": "Habr news"}, True),
        ('source:"habr news"', {"source": "Habr News"}, True),
        ("kind:article", {"kind": "Article"}, True),
        ("site:b.example", {"url": "https://www.a.b.example:8080/x"}, True),
        ("site:a.example", {"url": "https://ba.example/x"}, False),
        ("site:a.example", {"url": "http://[broken"}, False),
        ("url:/Jobs/", {"url": "https://a.example/jobs/1"}, True),
        ("link:b.example", {"text": "see https://B.example/x"}, True),
        ("hashtag:job", {"hashtags": ["#Job"]}, True),
        ("hashtag:job", {"text": "a #JOB"}, True),
        ("mention:anna", {"title": "to @Anna"}, True),
        ("author:anna", {"author": "Anna Sokolova"}, True),
        ('author:"sokolova anna"', {"author": "Anna Sokolova"}, False),
        ("author:@anna", {"author": "@anna"}, True),
        ("author:анна", {"author": "Joanna"}, False),
        ("followers:>=100", {"followers": 100}, True),
        ("followers:<100", {}, False),
        ("likes:0", {"likes": 0}, True),
        ("date:2026-05", {"published": NOW}, True),
        ("date:<2026-05-17", {"published": NOW}, False),
        ("date:>2026-05-16", {"published": NOW}, True),
        ("age:<1h", {"published": NOW}, True),
        ("age:>7d", {"published": NOW}, False),
        ("age:<1h", {}, False),
    ],
)
def test_a_field_holds_or_not(query: str, given: dict[str, object], expected: bool) -> None:
    assert holds(query, **given) == expected


def test_a_language_that_nobody_has_told_is_found_out_where_it_can_be() -> None:
    percolator = Percolator(identify=lambda text: "ru" if "привет" in text else None)
    percolator.add("russian", "lang:ru")
    percolator.add("rest", "-lang:ru")
    posts = [SearchPost("1", "привет"), SearchPost("2", "hello"), SearchPost("3", "привет", lang="en")]
    found = [[match.search for match in matches] for matches in percolator.match(posts)]
    assert found == [["russian"], ["rest"], ["rest"]]


def test_a_hashtag_asked_for_as_a_field_is_quoted_from_the_text() -> None:
    searches = Percolator()
    searches.add("s", "hashtag:job")
    (match,) = searches.match([SearchPost("p", "a #JOB!")])[0]
    assert match.spans == [(2, 6)]


def test_detection_runs_once_and_only_on_posts_that_the_rest_lets_through() -> None:
    asked: list[str] = []

    def detect(posts: Sequence[SearchPost]) -> list[list[Found]]:
        asked.extend(post.id for post in posts)
        return [
            [Found("new_job", "r-1", (Span("text", 0, 3),))] if "job" in post.text else [] for post in posts
        ]

    searches = Percolator(detect=detect)
    searches.add("a", "trigger:new_job AND london")
    searches.add("b", "rule:r-1 AND london")
    searches.add("c", "london NOT trigger:new_*")
    posts = [SearchPost("1", "job in London"), SearchPost("2", "job in Paris"), SearchPost("3", "London")]
    found = searches.match(posts)
    assert [[match.search for match in matches] for matches in found] == [["a", "b"], [], ["c"]]
    assert found[0][0].spans == [(0, 3), (7, 13)]
    assert sorted(asked) == ["1", "3"]


class Cast:
    """Anna is known, Boris is not."""

    def facts(self, post: SearchPost) -> ContactFacts:
        if post.author == "Anna":
            return ContactFacts(True, frozenset({"VIP"}), "North Wind Ltd")
        return ContactFacts(False)

    def score(self, post: SearchPost) -> float | None:
        return 80 if post.author == "Anna" else None


@pytest.mark.parametrize(
    ("query", "who"),
    [
        ("contact:known", ["Anna"]),
        ("contact:unknown", ["Boris"]),
        ("contact:any", ["Anna", "Boris"]),
        ("contact:@vip", ["Anna"]),
        ('company:"north wind"', ["Anna"]),
        ("score:>=80", ["Anna"]),
        ("score:<80", []),
    ],
)
def test_what_is_known_of_the_author_is_asked_of_the_contacts(query: str, who: list[str]) -> None:
    searches = Percolator(contacts=Cast())
    searches.add("s", f"hello {query}")
    posts = [SearchPost(name, "hello", author=name) for name in ("Anna", "Boris")]
    assert [post.id for post, found in zip(posts, searches.match(posts), strict=True) if found] == who


def test_an_expression_quotes_code_points_and_survives_half_a_character() -> None:
    searches = Percolator()
    searches.add("s", "/jo./")
    (match,) = searches.match([SearchPost("p", "🎉ё\ud83d job")])[0]
    assert match.spans == [(4, 7)]


def test_words_in_title_and_text_are_never_near_each_other() -> None:
    assert not holds('job NEAR/1000 new OR "new job"', title="new", text="job")
    assert holds("job NEAR/1000 new", title="new job")
