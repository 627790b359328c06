"""What people say of links is kept, and holds for whom contacts become."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from leads.contacts.merging import merge, unmerge
from leads.review import By, confirm, reject
from models import LinkVerdict
from tests.leads.world import World, day, said

OLGA = By("olga", day(400))
BORIS = said("promotion", "Boris Petrov was promoted", who="person", name="Boris Petrov")


def waiting(world: World) -> str:
    """Process one post about a Boris whom two contacts may be; return the lead's key."""
    world.detector.script = [BORIS]
    world.post("p1", "Boris Petrov was promoted", day(0))
    world.run()
    return world.lead()[0].key


def verdicts(world: World) -> dict[str, bool]:
    """Whom a mention was said to be, and whom not."""
    with Session(world.engine) as session:
        rows = session.scalars(select(LinkVerdict)).all()
    assert all(row.mention["name"] == "Boris Petrov" and "context" not in row.mention for row in rows)
    return {row.target_key: row.same for row in rows}


def test_confirming_one_says_of_the_others_that_they_are_not_meant(world: World) -> None:
    key = waiting(world)
    with Session(world.engine) as session, session.begin():
        confirm(session, key, "boris-2", OLGA)
    assert verdicts(world) == {"boris-1": False, "boris-2": True}


def test_who_decides_again_replaces_what_was_said(world: World) -> None:
    key = waiting(world)
    with Session(world.engine) as session, session.begin():
        reject(session, key, "boris-1", OLGA)
    assert verdicts(world) == {"boris-1": False}
    with Session(world.engine) as session, session.begin():
        confirm(session, key, "boris-1", OLGA)
    assert verdicts(world) == {"boris-1": True, "boris-2": False}


def test_a_link_confirmed_to_a_merged_contact_is_the_survivors_also_after_processing_again(
    world: World,
) -> None:
    key = waiting(world)
    with Session(world.engine) as session, session.begin():
        confirm(session, key, "boris-2", OLGA)
    with Session(world.engine) as session, session.begin():
        merged = merge(session, "contact", "boris-1", "boris-2", OLGA).key
    world.contacts_version = "merged"
    world.run()
    assert world.lead()[1].subject_key == "contact:boris-1"
    with Session(world.engine) as session, session.begin():
        unmerge(session, merged, OLGA)
    assert world.lead()[1].subject_key == "contact:boris-2"
    assert verdicts(world) == {"boris-1": False, "boris-2": True}
