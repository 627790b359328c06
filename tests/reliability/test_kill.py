"""Killed anywhere and begun again, the whole job ends as if nothing had happened: on both databases."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import cycle

import pytest

from guards.failpoints import FAILPOINTS
from tests.reliability.campaign import (
    BETWEEN,
    Databases,
    Ending,
    at_call,
    at_call_of_first_life,
    at_failpoint,
    at_random,
    campaign,
    ending,
)
from tests.reliability.conftest import ORDER
from tests.reliability.field import Field
from tests.reliability.lives import KILLED, Lives

# More database calls than a whole life makes.
CALLS = 620

# A pass writes no export: `povod export` is a command of its own, with a test of its own.
OF_A_PASS = [name for name in FAILPOINTS if not name.startswith("export.")]


def test_there_are_a_dozen_failpoints_at_least() -> None:
    assert len(OF_A_PASS) >= 12


@pytest.mark.parametrize("name", OF_A_PASS)
def test_a_kill_at_each_failpoint_loses_and_doubles_nothing(
    name: str, field: Field, lives: Lives, databases: Databases, calm: Ending
) -> None:
    url = databases.fresh()
    field.forget()
    order = replace(ORDER, config=str(field.configure("dying", url)))
    assert lives.live(replace(order, failpoint=name)) == KILLED, "never reached"
    assert lives.live(replace(order, minute=BETWEEN)) == 0
    assert ending(url, field) == calm


@pytest.mark.long
@pytest.mark.parametrize("name", OF_A_PASS)
def test_twenty_kills_at_each_failpoint_lose_and_double_nothing(
    name: str, field: Field, lives: Lives, databases: Databases, calm: Ending
) -> None:
    done = campaign(
        field, lives, databases, at_failpoint(name), times=20, expected=calm, order=ORDER, most_lives=80
    )
    assert done.kills == 20
    assert (done.lost, done.extra) == ([], [])


@pytest.mark.long
def test_two_hundred_and_fifty_random_kills_lose_and_double_nothing(
    field: Field, lives: Lives, databases: Databases, calm: Ending
) -> None:
    fate = at_random(random.Random(7), 1.5)
    done = campaign(field, lives, databases, fate, times=250, expected=calm, order=ORDER)
    assert done.kills == 250
    assert (done.lost, done.extra) == ([], [])


@pytest.mark.long
def test_a_database_call_that_fails_loses_and_doubles_nothing(
    field: Field, lives: Lives, databases: Databases, calm: Ending
) -> None:
    # Every seventh call, from the first to beyond the last, so that all kinds of calls are met in a bounded time.
    fate = at_call(cycle(range(1, CALLS, 7)))
    done = campaign(field, lives, databases, fate, times=90, expected=calm, order=ORDER)
    assert (done.lost, done.extra) == ([], [])


@pytest.mark.long
def test_each_single_database_call_that_fails_loses_and_doubles_nothing(
    field: Field, lives: Lives, databases: Databases, calm: Ending
) -> None:
    singly = range(1, CALLS, 3)
    fate = at_call_of_first_life(iter(singly))
    done = campaign(
        field, lives, databases, fate, times=CALLS, expected=calm, order=ORDER, most_lives=2 * len(singly)
    )
    assert done.faults > 100, "calls were met"
    assert (done.lost, done.extra) == ([], [])
