"""The values a ledger takes and gives: frozen, complete, free of any database."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum

from orchestrator.described import described
from orchestrator.errors import InvalidRequestError
from orchestrator.spec import MAX_NAME

MAX_KEY = 255
"""Characters an idempotency key may have."""
RUN_ID_PATTERN = "^[0-9a-f]{32}$"


class RunKind(StrEnum):
    """What a row records."""

    RUN = "run"
    """A run without a gate."""
    DECISION = "decision"
    """A run that was judged."""
    RE_LOOK = "re-look"
    """An answer given again from a cache, judged or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trials:
    """How often luck was given a chance, the present trial counted in.

    A try is a distinct result on one family of data: identical results count once,
    the same idea on longer data counts again.  See docs/ledger.md.

    Parameters
    ----------
    caller : int
        Trials of this caller on this family.
    everyone : int
        Trials of all callers on this family; never less than `caller`.
    sharpes : int, default=0
        How many of the caller's trials have a Sharpe ratio.
    sharpe_variance : float, optional
        Variance (ddof = 1) over the caller's trials of the Sharpe ratio per period;
        None with fewer than two.
    counted : bool, default=True
        False when the ledger is off and these are not counts, but the least there is.
    """

    caller: int
    everyone: int
    sharpes: int = 0
    sharpe_variance: float | None = None
    counted: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """Everything known of a run before it is judged.

    Parameters
    ----------
    run_id : str
        The run's name; a repeated run repeats it.
    caller : str
        Who asked: printable, 1 to 128 characters.
    source, symbol : str
        Where the bars came from and what they are of; together the family of data
        on which trials are counted, unless `family` names another.
    strategy : str
        Name of the strategy.
    fingerprint : str
        Digest of strategy, parameters, costs, fill and all else that makes the idea.
    result : str
        Digest of what came out, such as of the returns: trials with equal results
        count once, whatever their fingerprints.
    sharpe : float or None
        Sharpe ratio per period; None where undefined.
    request, answer : bytes
        JSON documents; `request` is canonical.
    assumptions, metrics : mapping
        As the answer has them.
    data_sha256 : str
        Digest of the bars.
    first, last : datetime
        Labels of the first and the last bar, aware.
    engine_version : str
        Version of qtos-core.
    re_look : bool, default=False
        Whether the answer comes from a cache and nothing was run.
    """

    run_id: str
    caller: str
    source: str
    symbol: str
    strategy: str
    fingerprint: str
    result: str
    sharpe: float | None
    request: bytes
    assumptions: Mapping[str, object]
    metrics: Mapping[str, float]
    data_sha256: str
    first: datetime
    last: datetime
    engine_version: str
    family: str = ""
    re_look: bool = False

    def __post_init__(self) -> None:
        if not _is_name(self.caller):
            raise InvalidRequestError(
                f"the caller's name must be 1 to {MAX_NAME} printable characters"
            )
        if not self.family:
            object.__setattr__(self, "family", family_of(self.source, self.symbol))
        if self.sharpe is not None:
            if not math.isfinite(self.sharpe):
                raise ValueError(f"sharpe {self.sharpe} is not finite: use None")
            # A database gives back neither an integer nor a negative zero as it was,
            # and the hash of the row must be the same again.
            object.__setattr__(self, "sharpe", float(self.sharpe) + 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What a judge made of an attempt, given its trials: the answer, and the verdict.

    `verdict` None means that no gate was asked for.
    """

    answer: bytes
    verdict: str | None = None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What a ledger took in; `sequence` is None where nothing was recorded."""

    sequence: int | None
    trials: Trials
    ruling: Ruling


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFilter:
    """Which rows to list; None means any.  The time bounds are half-open, aware.

    A symbol is found however it is written: the record has it in upper case.
    """

    symbol: str | None = None
    strategy: str | None = None
    verdict: str | None = None
    caller: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def __post_init__(self) -> None:
        for name in fields(self):
            value = getattr(self, name.name)
            if isinstance(value, str) and not _is_name(value):
                detail = f"must be 1 to {MAX_NAME} printable characters"
                raise InvalidRequestError.at(f"/{name.name}", detail, subject=name.name)
            if isinstance(value, datetime) and value.tzinfo is None:
                raise ValueError(f"{name.name} must be aware")
        if self.symbol is not None:
            object.__setattr__(self, "symbol", self.symbol.upper())


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """One recorded run."""

    sequence: int = described("Its place in the ledger")
    run_id: str = described("Its name", pattern=RUN_ID_PATTERN)
    time: datetime = described("When it was recorded")
    caller: str = described("Who asked")
    kind: RunKind = described("What was recorded")
    source: str = described("Where its bars came from")
    symbol: str = described("What was traded")
    strategy: str = described("What decided")
    first: datetime = described("Time of the first bar")
    last: datetime = described("Time of the last bar")
    data_sha256: str = described("Hash of the bars")
    engine_version: str = described("Version of qtos-core")
    verdict: str | None = described("Its verdict; null without a gate")
    reasons: tuple[str, ...] = described("Why")
    trials: int = described("Trials of its caller on this data when it was judged")
    trials_everyone: int = described("Trials of all callers")
    metrics: Mapping[str, float] = described("Metrics that are defined")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRun:
    """One row with its documents, as they were received and sent."""

    summary: RunSummary
    fingerprint: str
    assumptions: Mapping[str, object]
    request: bytes
    answer: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPage:
    """Runs, newest first."""

    runs: tuple[RunSummary, ...] = described("One page")
    next_cursor: str | None = described("Where the next page begins; null on the last")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyedRequest:
    """A request that came with an idempotency key.

    Parameters
    ----------
    caller : str
    key : str
    body_sha256 : str
        Hash of what was asked, path and body.
    policies : str, default=""
        Hashes of the policies it is judged by: an answer by others is not its answer.
    """

    caller: str
    key: str
    body_sha256: str
    policies: str = ""

    def __post_init__(self) -> None:
        if not 0 < len(self.key) <= MAX_KEY or not self.key.isprintable():
            raise InvalidRequestError(
                f"Idempotency-Key must be 1 to {MAX_KEY} printable characters"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyedAnswer:
    """An answer kept under an idempotency key: what a repeated request gets."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


def family_of(source: str, symbol: str) -> str:
    """Return the family of data that trials are counted on.

    What is too long or too odd for an index, such as a path, is named by its hash.

    Examples
    --------
    >>> family_of("csv", "SPY")
    'csv:SPY'
    """
    if _is_name(symbol):
        return f"{source}:{symbol}"
    digest = hashlib.sha256(symbol.encode(errors="surrogatepass")).hexdigest()
    return f"{source}:sha256:{digest}"


def _is_name(text: str) -> bool:
    return 0 < len(text) <= MAX_NAME and text.isprintable()
