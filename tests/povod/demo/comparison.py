"""Compares the leads of a run with what was expected of the world. Plain values in, a verdict out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Set
from dataclasses import dataclass, field

from povod.demo.expected import Expected, ExpectedPost, ExpectedStory

REVIEW = "review"


@dataclass(frozen=True)
class FoundLead:
    """A lead as it came out. `links`: contacts' ids and companies' names; `posts`: (source, title and text)."""

    kind: str
    subject: str
    status: str = "new"
    links: frozenset[str] = frozenset()
    posts: frozenset[tuple[str, str]] = frozenset()

    def __str__(self) -> str:
        return f"{self.kind} of {self.subject} [{', '.join(sorted(self.links)) or 'unknown'}] {self.status}"


@dataclass
class Comparison:
    """What went wrong, in words, by the kind of fault; and how many stories and tellings were asked for and found."""

    missing: list[str] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)
    wrongly_linked: list[str] = field(default_factory=list)
    split: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)
    stories: int = 0
    tellings: int = 0

    @property
    def faults(self) -> int:
        """How many leads are not as they should be. A telling that was not heard makes no lead wrong."""
        return sum(map(len, (self.missing, self.unexpected, self.wrongly_linked, self.split, self.merged)))

    def table(self) -> str:
        """Return the counts and every fault as lines of text."""
        names = ("missing", "unexpected", "wrongly_linked", "split", "merged", "untold")
        lines = [f"{self.stories} stories and {self.tellings} tellings were asked for"]
        for name in names:
            faults: list[str] = getattr(self, name)
            lines += [f"{name.replace('_', ' '):<15}{len(faults):>4}", *(f"    {fault}" for fault in faults)]
        return "\n".join(lines)


def compare(expected: Expected, leads: Collection[FoundLead], *, kinds: Set[str], stage: int) -> Comparison:
    """Compare leads with the stories of the kinds that there are rules for, told up to a stage."""
    result = Comparison()
    claimed: dict[FoundLead, list[str]] = {}
    for story in expected.stories.values():
        told = [post for post in expected.posts_of(story.id) if post.stage <= stage]
        found = [lead for lead in leads if lead.kind in story.kind and _tells(lead, told)]
        if not story.dropped:
            for lead in found:
                claimed.setdefault(lead, []).append(story.id)
        if told and not story.todo and not story.dropped and not kinds.isdisjoint(story.kind):
            _judge(story, told, found, result)
    result.unexpected += [str(lead) + _where(lead, expected) for lead in leads if lead not in claimed]
    result.merged += [f"{lead}: {', '.join(ids)}" for lead, ids in claimed.items() if len(ids) > 1]
    return result


def _judge(
    story: ExpectedStory, told: list[ExpectedPost], found: list[FoundLead], result: Comparison
) -> None:
    result.stories += 1
    result.tellings += len(told)
    if not found:
        result.missing.append(f"{story.id} ({', '.join(story.kind)}): {told[0].source}: {told[0].says}")
        return
    result.untold += [
        f"{story.id}: {post.source}: {post.says}"
        for post in told
        if not any(_tells(lead, [post]) for lead in found)
    ]
    if len({lead.kind for lead in found}) < len(found):
        result.split.append(f"{story.id}: {'; '.join(map(str, found))}")
    result.wrongly_linked += [f"{story.id}: {lead}" for lead in found if not _right(story, lead)]


def _right(story: ExpectedStory, lead: FoundLead) -> bool:
    if story.review:
        return lead.status == REVIEW and lead.links == set(story.review)
    if story.new:
        return lead.status != REVIEW and not lead.links
    return lead.status != REVIEW and bool(lead.links) and lead.links <= set(story.link)


def _tells(lead: FoundLead, posts: Iterable[ExpectedPost]) -> bool:
    return any(source == post.source and post.says in text for post in posts for source, text in lead.posts)


def _where(lead: FoundLead, expected: Expected) -> str:
    def reasons() -> Iterator[str]:
        for post in expected.posts:
            if _tells(lead, [post]):
                why = f"silent: {post.silent}" if post.silent else f"tells {', '.join(post.stories)}"
                yield f"{post.source}: {post.says!r} ({why})"

    return "".join(f"\n        {reason}" for reason in reasons())
