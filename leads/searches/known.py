"""Answers `contact:`, `company:` and `score:`: who of the user's contacts a post is by, or names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from leads.linking.linker import Linker
from leads.linking.mentions import MentionScanner
from leads.linking.records import Decision, LinkCandidate, Linking, Mention
from leads.scoring import Evidence, score
from triggers.search.posts import ContactFacts, SearchPost

# What a saved search's match is worth as evidence: the words are there, whether they mean anything is the user's call.
CONFIDENCE = 1.0
NOBODY = ContactFacts(known=False)


@dataclass(frozen=True, slots=True)
class Known:
    """The contact that a post is by (`who` author) or that it names (`who` person): `name` as the post has it."""

    who: str
    name: str
    best: LinkCandidate


class KnownPeople:
    """Looks up whom a post is by or about. Somebody who waits for a person to decide counts as known.

    `writer` gives the author of a post as a mention, or None where the post does not say.
    """

    def __init__(
        self,
        linker: Linker,
        writer: Callable[[SearchPost], Mention | None] | None = None,
    ) -> None:
        self._linker = linker
        self._scanner = MentionScanner(linker)
        self._writer = writer or author_of

    def facts(self, post: SearchPost) -> ContactFacts:
        """What is known of the author, or else of the contact whom the text names."""
        known = self.who(post)
        if known is None:
            return NOBODY
        if known.best.schema == "company":
            company = self._linker.company(known.best.key)
            return ContactFacts(known=True, company=company.name if company else "")
        person = self._linker.contact(known.best.key)
        if person is None:
            return ContactFacts(known=True)
        return ContactFacts(known=True, lists=frozenset(person.lists), company=person.company)

    def score(self, post: SearchPost) -> float | None:
        """The score of the lead that the post alone would make, 0 to 100."""
        known = self.who(post)
        evidence = Evidence(
            post.id, known.who if known else "author", CONFIDENCE, known.best.probability if known else None
        )
        return score("search", [evidence])[0]

    def who(self, post: SearchPost) -> Known | None:
        """Return the contact that a post is by, or else names; None if there is none."""
        writer = self._writer(post)
        best = _best(self._linker.link(writer)) if writer else None
        if writer and best:
            return Known("author", writer.name or writer.handle, best)
        for found in self._scanner.scan(f"{post.title}\n\n{post.text}"):
            best = _best(found.linking)
            if best and found.schema == "person":
                return Known("person", found.text, best)
        return None


def _best(linking: Linking) -> LinkCandidate | None:
    return linking.candidates[0] if linking.decision != Decision.NONE and linking.candidates else None


def author_of(post: SearchPost) -> Mention | None:
    """Read an author written as one text: `Anna Sokolova`, `@anna`, or both."""
    parts = post.author.split()
    handles = [part for part in parts if part.startswith("@")]
    name = " ".join(part for part in parts if not part.startswith("@"))
    if not name and not handles:
        return None
    return Mention(name=name, handle=handles[0] if handles else "", lang=post.lang or "")
