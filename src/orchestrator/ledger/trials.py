"""Counting trials in one indexed query, however many there were.

Each row of ``trials`` carries the counts up to itself: those of its caller on its
family of data, those of everyone on it, and the running mean and squared deviations
of the caller's Sharpe ratios (Welford 1962).  So the next count reads the newest row of
each and asks whether this result is new; no query grows with the number of trials.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import (
    Connection,
    bindparam,
    exists,
    literal,
    select,
    true,
)

from orchestrator.ledger.chain import GENESIS
from orchestrator.ledger.statements import Statement
from orchestrator.ledger.tables import CHAIN, TRIALS
from orchestrator.ledger.values import Attempt, Trials


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where the record stands once an attempt is counted in."""

    sequence: int
    prev_hash: str
    trials: Trials
    sharpe_mean: float
    sharpe_squares: float


class _Before(NamedTuple):
    """What the newest rows say; None where there is no such row."""

    sequence: int | None
    row_hash: str | None
    trials_caller: int | None
    sharpe_count: int | None
    sharpe_mean: float | None
    sharpe_squares: float | None
    trials_everyone: int | None
    known_to_caller: bool
    known: bool


def stand(connection: Connection, attempt: Attempt) -> Standing:
    """Return the sequence, the link before and the counts that `attempt` gets.

    Holds only in a writing transaction, which no other writer can overtake.
    """
    row = _before(connection, attempt.family, attempt.caller, attempt.result)
    sharpes, mean, squares = _moments(row, attempt.sharpe)
    return Standing(
        sequence=(row.sequence or 0) + 1,
        prev_hash=row.row_hash or GENESIS,
        trials=Trials(
            caller=(row.trials_caller or 0) + (not row.known_to_caller),
            everyone=(row.trials_everyone or 0) + (not row.known),
            sharpes=sharpes,
            sharpe_variance=squares / (sharpes - 1) if sharpes > 1 else None,
        ),
        sharpe_mean=mean,
        sharpe_squares=squares,
    )


def _before(connection: Connection, family: str, caller: str, result: str) -> _Before:
    values = {"family": family, "caller": caller, "result": result}
    return _Before(*_STANDING.run(connection, values).fetchone())


def _moments(row: _Before, sharpe: float | None) -> tuple[int, float, float]:
    count = row.sharpe_count or 0
    mean = row.sharpe_mean or 0.0
    squares = row.sharpe_squares or 0.0
    if sharpe is None or row.known_to_caller:
        return count, mean, squares
    count += 1
    deviation = sharpe - mean
    mean += deviation / count
    return count, mean, squares + deviation * (sharpe - mean)


def count(connection: Connection, family: str, caller: str) -> Trials:
    """Return the counts as they stand, no attempt counted in; at least one each."""
    row = _before(connection, family, caller, "")
    sharpes, _, squares = _moments(row, None)
    return Trials(
        caller=row.trials_caller or 1,
        everyone=row.trials_everyone or 1,
        sharpes=sharpes,
        sharpe_variance=squares / (sharpes - 1) if sharpes > 1 else None,
    )


_FAMILY = TRIALS.c.family == bindparam("family")
_CALLER = TRIALS.c.caller == bindparam("caller")
_RESULT = TRIALS.c.result == bindparam("result")
_newest = (
    select(CHAIN.c.sequence, CHAIN.c.row_hash)
    .order_by(CHAIN.c.sequence.desc())
    .limit(1)
    .subquery("newest")
)
_mine = (
    select(
        TRIALS.c.trials_caller,
        TRIALS.c.sharpe_count,
        TRIALS.c.sharpe_mean,
        TRIALS.c.sharpe_squares,
    )
    .where(_FAMILY, _CALLER)
    .order_by(TRIALS.c.sequence.desc())
    .limit(1)
    .subquery("mine")
)
_every = (
    select(TRIALS.c.trials_everyone)
    .where(_FAMILY)
    .order_by(TRIALS.c.sequence.desc())
    .limit(1)
    .subquery("every")
)
_one = select(literal(1).label("one")).subquery("one")
_STANDING = Statement.alike(
    select(
        _newest.c.sequence,
        _newest.c.row_hash,
        _mine.c.trials_caller,
        _mine.c.sharpe_count,
        _mine.c.sharpe_mean,
        _mine.c.sharpe_squares,
        _every.c.trials_everyone,
        exists().where(_FAMILY, _RESULT, _CALLER).label("known_to_caller"),
        exists().where(_FAMILY, _RESULT).label("known"),
    ).select_from(
        _one.outerjoin(_newest, true())
        .outerjoin(_mine, true())
        .outerjoin(_every, true())
    )
)
