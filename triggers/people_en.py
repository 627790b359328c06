"""The words by which English tells whom a clause is about."""

from __future__ import annotations

THIRD = frozenset({"he", "she", "they", "him", "her", "them"})
OTHERS = frozenset(
    (
        "you ya u your it one someone somebody everyone everybody anyone nobody people who which that "
        "this what there these those his their ppl others y'all"
    ).split()
)
RELATIVE_WORDS = frozenset({"who", "that", "which"})
ARTICLES = frozenset({"a", "an", "the", "another", "some"})
HAVING = frozenset({"has", "have", "had", "got", "gets", "getting", "having", "'s"})
COORDINATE = frozenset({"and", "but", "then", ",", "&", "plus", "so", "or"})
# `Ann, whom I met in May`: the clause is about Ann.
CLAUSES_ON_SOMEBODY = frozenset({"who", "whom", "whose", "that", "which", "where", "when"})
PAST = frozenset(
    (
        "got was were had went gave became bought sold left began won met came took made said told lost "
        "quit did joined wed born found let fell broke"
    ).split()
)
NOT_PAST = frozenset(
    {"am", "is", "are", "will", "'ll", "to", "going", "starting", "begin", "start", "starts", "begins"}
)
TITLES = frozenset({"mr", "mrs", "ms", "miss", "dr", "sir", "dame"})
CLOSING = frozenset(')"”»—–')
OWNERS = frozenset({"his", "her", "their", "your", "'s"})
SELF_NOUNS = frozenset({"family", "fam", "squad", "crew"})
# `the wife and the kids`: one's own, in a personal post.
OWN = frozenset(
    (
        "wife hubby hubs wifey kids kiddos fam parents bf gf boyfriend girlfriend fiance fiancé fiancee missus mrs"
    ).split()
)
# `my love`, `my other half`: whom the author lives with.
PARTNERS = frozenset(
    "love lover beloved bae boo babe half soulmate missus hunny honey valentine heart".split()
)
CHILDREN = frozenset({"girl", "boy", "girls", "boys", "man", "guy"})
SMALL = frozenset({"baby", "little", "lil", "sweet", "youngest", "oldest"})
# Before a name where a sentence begins: in capitals, but no part of it.
HEDGES = frozenset(
    (
        "maybe perhaps today tonight yesterday tomorrow poor dear well glad proud thanks excited sorry hi hey hello meet "
        "introducing seen met heard and but so when while because since after before until unless though although"
    ).split()
)
# `a friend got married`: near enough to the author to be told of without `my`.
NEAR = frozenset(
    "friend relative tenant coworker co-worker colleague neighbor neighbour roommate classmate teammate".split()
)
OTHERS_KIN = frozenset({"'s", "his", "her"})
# `'s` behind these is a verb: `it's Dad`.
IS_SHORT = frozenset({"it", "that", "this", "he", "she", "there", "today", "what", "who", "where", "here"})
# `this guy got promoted`: somebody in the picture.
POINTED = frozenset(
    (
        "guy girl gal lady man woman dude kid couple human beauty cutie two girls boys guys beauties cuties ladies kids "
        "lovebirds birds baddie baddy queen king chick bride babe babes pair trio peeps gem"
    ).split()
)
# `proud of my brother | for getting the job`
CHEERING = frozenset({"proud", "congrats", "congratulations", "congratulation", "happy", "kudos", "excited"})
POSSESSIVES = frozenset({"his", "her", "their"})
# `our eldest`: a child of the author's.
OFFSPRING = frozenset(
    (
        "eldest oldest youngest firstborn first-born toddler teenager teen tot kiddo kiddos bub stepchild newborn "
        "munchkin mini-me"
    ).split()
)
# Kin that people go by with a name, whoever speaks: `Grandma Jo`; `Father Tom` and `Sister Ann` may be clergy.
CLERGY = frozenset({"father", "mother", "sister", "brother"})
# `Tom from work`, `two of my friends from college`: where somebody is known from.
KNOWN_FROM = frozenset(
    "work school college uni university church class gym town hometown home office team village childhood".split()
)
# `someone I went to school with | died`
MET = frozenset(
    "someone somebody guy girl woman man lady friend colleague lad bloke kid teacher person people".split()
)
# `Ivan Petrov of Yantar Pack`, `Bob from the night shift`: who it is stands before these.
BELONGING = frozenset({"of", "from", "at"})
# `refugees who came to Austria | are`: a place.
PLACING = frozenset({"to", "in", "into", "near", "around", "across", "through"})
