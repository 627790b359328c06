"""`povod search try`, `backtest`, `label`, `diff`, `why`: searches on the posts that are stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from sqlalchemy import select

from leads.searches import labels, store
from leads.searches.past import Backtest, highlighted, places
from leads.searches.stored import StoredPost, find_post, posts_by_id
from models import DroppedMatch
from povod.commands.leads import by_me
from povod.commands.search_options import QueryArgument, refuse_wrong
from povod.console import note, plural, print_json, printable, say
from povod.faults import UserError
from povod.options import ConfigOption, JsonOption
from povod.past import Past, open_past
from triggers.search.definitions import SearchDefinition
from triggers.search.dialects import DIALECTS
from triggers.search.posts import SearchPost
from triggers.search.statistics import Proportion, flood
from triggers.search.why import why as reasons

# More leads a day than one person looks at, where a search has no daily cap that says how many.
READABLE = 20.0
# So many of the posts that a new version gains and loses are shown, the newest of them.
SHOWN = 20
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
TRIED = "(this query)"
NameArgument = Annotated[str, typer.Argument(help="The search's name.", show_default=False)]
DaysOption = Annotated[int, typer.Option(min=1, max=36500, help="How many days back.")]


def register(app: typer.Typer) -> None:
    """Add these commands to the group."""
    app.command("try")(try_)
    app.command()(backtest)
    app.command()(label)
    app.command()(diff)
    app.command()(why)


def try_(
    query: QueryArgument,
    days: DaysOption = 30,
    dialect: Annotated[str | None, typer.Option(help=f"One of: {', '.join(DIALECTS)}.")] = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell what a query would have brought, before it is a search. Ctrl-C ends with what is known by then."""
    refuse_wrong(query, dialect)
    settings = {"query": query} | ({"dialect": dialect} if dialect else {})
    search, faults = store.definition_of(TRIED, settings, "query")
    if search is None:
        raise UserError(*(text for _, text in faults))
    for warning in search.parsed.warnings:
        note(f"warning: {warning}")
    with open_past(config, instead=search) as past:
        _tell(past, past.backtest([TRIED], days, reach_of=TRIED), as_json=as_json)


def backtest(
    name: NameArgument,
    days: DaysOption = 30,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell what a search would have brought, as it is now. Ctrl-C ends with what is known by then."""
    with open_past(config) as past:
        past.book.get(name)
        _tell(past, past.backtest([name], days, reach_of=name), as_json=as_json)


def _tell(past: Past, done: Backtest, *, as_json: bool) -> None:
    (name,) = past.asked
    search = past.book.get(name)
    precision = past.precision(name, done)
    samples = _samples(past, name, done.brought[name].samples)
    if as_json:
        print_json(_facts(done, search, precision, samples))
        return
    for line in _words(done, search, precision):
        say(printable(line))
    for sample in samples:
        told = sample["told_at"].strftime("%Y-%m-%d")
        say(printable(f"  {told}  {sample['source']}  {sample['author']}"))
        say(printable(f"    {sample['words']}"))


def _facts(
    done: Backtest, search: SearchDefinition, precision: Proportion | None, samples: list[dict[str, Any]]
) -> dict[str, Any]:
    brought, rate = done.brought[search.name], done.rate(search.name)
    return {
        "search": search.name,
        "posts": done.posts,
        "due": done.due,
        "stopped": done.stopped,
        "matches": brought.total,
        "duplicates": brought.duplicates,
        "muted": brought.muted,
        "rate": asdict(rate),
        "overlaps": [asdict(one) for one in done.overlaps(search.name)],
        "sources": done.top(brought.sources),
        "authors": done.top(brought.authors),
        "reach": asdict(done.reach) if done.reach else None,
        "warning": flood(rate, float(search.daily_cap or READABLE)),
        "precision": asdict(precision) if precision else None,
        "samples": samples,
    }


def _words(done: Backtest, search: SearchDefinition, precision: Proportion | None) -> Iterator[str]:
    brought, rate = done.brought[search.name], done.rate(search.name)
    if done.stopped:
        yield f"stopped after {done.posts:,} of {done.due:,} posts, the newest stored first; so far:"
    matches = f"{brought.total:,} match{'' if brought.total == 1 else 'es'}"
    days = plural((done.last - done.first).days + 1, "day")
    yield (
        f"{matches} in {done.posts:,} posts of {days} ({done.first} to {done.last}), "
        f"{brought.duplicates:,} more with words that were there before"
    )
    if brought.muted:
        yield f"{brought.muted:,} more in posts that are muted"
    without = ", without today, which is not over" if done.first < done.last else ""
    yield f"a day: {rate.mean:.1f} (95 %: {rate.low:.1f} to {rate.high:.1f}){without}"
    by_weekday = zip(WEEKDAYS, rate.weekdays, strict=True)
    yield "  " + "  ".join(f"{day} {'-' if mean is None else f'{mean:.1f}'}" for day, mean in by_weekday)
    if warning := flood(rate, float(search.daily_cap or READABLE)):
        yield f"warning: {warning}"
    for word, counted in (("sources", brought.sources), ("authors", brought.authors)):
        if top := done.top(counted):
            yield f"{word}: " + ", ".join(f"{name} {count:,}" for name, count in top)
    for one in done.overlaps(search.name)[:5]:
        yield f"overlap with '{one.name}': {one.shared:,} posts, {one.of_this:.0%} of these, {one.of_other:.0%} of those"
    if done.reach:
        yield "posts that each clause matches by itself:"
        yield from done.reach.lines(1)
    if precision:
        yield _precision_words(precision)
    if brought.samples:
        yield "some of them:"


def _precision_words(precision: Proportion) -> str:
    return (
        f"{precision.hits} of {precision.total} labelled are right: {precision.share:.0%} "
        f"(95 %: {precision.low:.0%} to {precision.high:.0%})"
    )


def _samples(past: Past, name: str, posts: Sequence[StoredPost]) -> list[dict[str, Any]]:
    past.look_at(posts)
    return [
        {
            "post": post.post.id,
            "told_at": post.told_at,
            "source": post.post.source,
            "author": post.post.author,
            "url": post.post.url,
            "spans": [list(span) for span in spans],
            "words": highlighted(post, spans),
        }
        for post, spans in zip(posts, places(past.percolator, name, posts), strict=True)
    ]


def label(
    name: NameArgument,
    days: DaysOption = 30,
    count: Annotated[int, typer.Option(min=1, max=1000, help="So many at most.")] = 20,
    config: ConfigOption = None,
) -> None:
    """Show matches one by one and ask whether each is right (y, n, skip); then tell the precision."""
    with open_past(config) as past:
        past.book.get(name)
        row = past.book.rows[name]
        with past.workspace.session() as session:
            known = labels.labelled(session, row)
        done = past.backtest([name], days, samples=count + len(known))
        brought = done.brought[name]
        open_ones = [post for post in brought.samples if post.row_id not in known][:count]
        for post, sample in zip(open_ones, _samples(past, name, open_ones), strict=True):
            say(printable(f"{sample['told_at']:%Y-%m-%d}  {sample['source']}  {sample['author']}"))
            say(printable(f"  {sample['words']}"))
            answer = _asked()
            if answer == "q":
                break
            if answer in ("y", "n"):
                by = by_me("")
                with past.workspace.session() as session:
                    change = store.Change(by.actor, by.at)
                    labels.label(session, row, post.row_id, answer == "y", change)
        precision = past.precision(name, done)
    say(_precision_words(precision) if precision else "nothing is labelled yet")


def _asked() -> str:
    while True:
        try:
            answer = input("right? [y]es, [n]o, [s]kip, [q]uit: ").strip().lower()
        except EOFError:
            return "q"
        if answer[:1] in ("y", "n", "s", "q"):
            return answer[:1]


def diff(
    name: NameArgument,
    against: Annotated[
        int, typer.Option(help="The version's number, as 'history' lists it.", show_default=False)
    ],
    days: DaysOption = 30,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell which past posts a search has gained and lost since an earlier version of it."""
    with open_past(config) as past:
        now = past.book.get(name)
        earlier = f"{name} (version {against})"
        past.add(replace(_version(past, name, against), name=earlier))
        done = past.backtest([name, earlier], days, samples=0)
        found = {one: done.brought[one].posts for one in (name, earlier)}
        parts = (
            ("gained", found[name] - found[earlier], name),
            ("lost", found[earlier] - found[name], earlier),
        )
        facts = {word: _newest(past, one, row_ids) for word, row_ids, one in parts}
    counts = {word: len(row_ids) for word, row_ids, _ in parts}
    both = len(found[name] & found[earlier])
    if as_json:
        told = {"search": now.name, "against": against, "posts": done.posts, "both": both, "counts": counts}
        print_json(told | facts)
        return
    say(f"{counts['gained']:,} gained, {counts['lost']:,} lost, {both:,} in both, of {done.posts:,} posts")
    for word, sign in (("gained", "+"), ("lost", "-")):
        for sample in facts[word]:
            say(printable(f"{sign} {sample['told_at']:%Y-%m-%d}  {sample['source']}  {sample['words']}"))


def _newest(past: Past, name: str, row_ids: set[int]) -> list[dict[str, Any]]:
    with past.workspace.session() as session:
        posts = posts_by_id(session, sorted(row_ids)[-SHOWN:])
    return _samples(past, name, posts)


def _version(past: Past, name: str, number: int) -> SearchDefinition:
    with past.workspace.session() as session:
        versions = {one.number: one for one in store.history(session, past.book.rows[name])}
    if number not in versions:
        known = ", ".join(map(str, versions))
        raise UserError(f"search '{name}' has no version {number}; there are {known}")
    search, faults = store.definition_of(name, versions[number].settings, f"version {number}")
    if search is None:
        raise UserError(*(text for _, text in faults))
    return search


def why(
    name: NameArgument,
    post: Annotated[str | None, typer.Option(help="A stored post: its id, key or address.")] = None,
    text: Annotated[str | None, typer.Option(help="A text instead of a post.")] = None,
    title: Annotated[str, typer.Option(help="Its title.")] = "",
    lang: Annotated[str | None, typer.Option(help="Its language.")] = None,
    author: Annotated[str, typer.Option(help="Its author.")] = "",
    config: ConfigOption = None,
) -> None:
    """Tell clause by clause why a search does or does not match a post, and how nearly."""
    if (post is None) == (text is None):
        raise UserError("give either --post or --text")
    with open_past(config) as past:
        past.book.get(name)
        now = datetime.now(UTC)
        looked_at = SearchPost("", text or "", title, lang, author=author, published=now)
        if post is not None:
            stored = _found(past, post)
            past.look_at([stored])
            looked_at = stored.post
        verdict = reasons(past.percolator, name, looked_at, mutes=past.mutes)
        for line in verdict.lines():
            say(printable(line))
        for line in _dropped(past, name, post) if post else ():
            say(line)


def _found(past: Past, named: str) -> StoredPost:
    with past.workspace.session() as session:
        stored = find_post(session, named)
    if stored is None:
        raise UserError(f"--post {named}: there is no such post; give its id, its key or its address")
    return stored


def _dropped(past: Past, name: str, named: str) -> list[str]:
    """What processing has dropped of this search's matches in the post."""
    stored = _found(past, named)
    query = select(DroppedMatch.reason).where(
        DroppedMatch.post_id == stored.row_id, DroppedMatch.kind == f"search:{name}"
    )
    with past.workspace.session() as session:
        return [f"matched, and not kept: {reason}" for reason in session.scalars(query)]
