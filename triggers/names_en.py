"""English given names, to tell them from other words that begin a sentence."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(1)
def given_names() -> frozenset[str]:
    """Return given names in lower case, of which many are words too (`mark`, `grace`)."""
    from nicknames import name_triplets  # noqa: PLC0415 -- only asked where a sentence begins with such a word

    table = {name.lower() for row in name_triplets() for name in (row.name1, row.name2)}
    return frozenset(table - NO_GIVEN | MORE_GIVEN)


# What the table of given names lacks, and what is in it but far more often the other word.
MORE_GIVEN = frozenset(
    (
        "grace hope ruby iris hazel violet pearl jade dean miles chase robin shane aisha kayleigh kyle tyler "
        "brandon dylan logan ava mia liam ethan owen connor conor aidan aiden jayden hayden kayden cody "
        "travis trevor darren darryl wayne dwayne craig keith brent brett bruce damian damon dana darius "
        "deshawn devon dustin dwight erik finn gavin gordon hamish jason jesse joel karl keegan kurt mario "
        "nigel quentin ramon raul ruben seth stanley tariq todd trent tyrone vaughn zane alisha anita ariana "
        "bethany bianca brooke camila carmen denise fatima freya imani imogen ingrid isla jocelyn jodie "
        "juliet karen katrina keisha kirsten kylie lara latoya layla leila lorna maeve marisol meredith nadia "
        "nina olga paige patrice payton priya raquel renee robyn samira sasha selena simone skye sonia sylvia "
        "tamara tamika tanya toni wanda whitney yasmin yolanda zara zoe jamal rashad tyrell kwame kofi femi "
        "tunde chidi ngozi amara ravi anil sanjay vikram arjun deepak neha pooja anjali sunita shania shannon "
        "shelby colin graham sean gemma jenna tara vera malik raj morgan jasmine maya"
    ).split()
)
NO_GIVEN = frozenset({"may", "so", "see", "early", "major", "best", "happy", "young", "love", "art"})
