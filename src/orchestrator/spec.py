"""The vocabulary of one run: frozen values that travel between the rooms.

A `BacktestSpec` is a request that has been checked: whoever holds one need not
check it again.  Nothing here knows HTTP, a loader or the engine's inside.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from backtesting.bars import Bars
from backtesting.metrics import BarsPerYear
from backtesting.terms import Costs, Direction, Exits, Fill, Sizing
from backtesting.timetable import BarLabel
from orchestrator.described import described
from orchestrator.period import Period

SYMBOL_PATTERN = "[A-Za-z0-9^@#$](?:[.]?[A-Za-z0-9^=_/:@#$&!+-])*[.]?"
"""What a symbol looks like, in ASCII, as markets write them; doors upper-case it.

No two dots follow each other, and it is never a path."""
MAX_SYMBOL = 32
_SYMBOL = re.compile(SYMBOL_PATTERN, re.ASCII)
SAMPLE_SOURCE = "sample"
"""Where bars of the shipped example come from, as provenance tells it."""
UPLOADED_SOURCE = "uploaded"
"""Where bars of files that callers stored come from, as provenance tells it."""
SENT_SOURCES = frozenset({"inline", UPLOADED_SOURCE})
"""Where bars come from that are the caller's own."""

MAX_NAME = 128
"""Characters at most of the names a run is recorded and looked up by."""


def is_symbol(text: str) -> bool:
    """Return whether a text is a symbol as markets write them."""
    return len(text) <= MAX_SYMBOL and _SYMBOL.fullmatch(text) is not None


class DataSource(StrEnum):
    """Where the bars of a run come from."""

    CSV = "csv"
    DATA_SERVICE = "data_service"
    INLINE = "inline"


class Include(StrEnum):
    """Parts of an answer that are left out unless asked for."""

    EQUITY_CURVE = "equity_curve"
    TRADES = "trades"
    ORDERS = "orders"
    EVIDENCE = "evidence"
    BOOTSTRAP = "bootstrap"


class Adjust(StrEnum):
    """What to do with an adjusted close beside the traded one."""

    NONE = "none"
    CLOSE_TO_ADJUSTED = "close_to_adjusted"


class OnBadData(StrEnum):
    """What to do with a row that breaks the bar contract."""

    RAISE = "raise"
    DROP = "drop"


class WarningCode(StrEnum):
    """The stable code of a warning: what policies and callers may wait for."""

    # Of the bars.
    DROPPED_ROWS = "dropped_rows"
    EXTREME_RETURNS = "extreme_returns"
    FUTURE_BARS = "future_bars"
    MISSING_SESSIONS = "missing_sessions"
    MIXED_SPACING = "mixed_spacing"
    OFF_CALENDAR_BARS = "off_calendar_bars"
    OLD_DATA = "old_data"
    PARTIAL_WINDOW = "partial_window"
    SAMPLE_DATA = "sample_data"
    STALE_CLOSES = "stale_closes"
    STALE_DATA = "stale_data"
    STRAY_CLOCKS = "stray_clocks"
    SYMBOL_DIFFERS = "symbol_differs"
    UNADJUSTED_SPLITS = "unadjusted_splits"
    ZERO_VOLUME = "zero_volume"
    # Of what a strategy decided.
    RULES_LONG_ONLY = "rules_long_only"
    SIGNALS_CUT = "signals_cut"
    SIGNALS_DUPLICATE = "signals_duplicate"
    SIGNALS_MOVED = "signals_moved"
    SIGNALS_OUTSIDE_DATA = "signals_outside_data"
    SIGNALS_WITHOUT_EFFECT = "signals_without_effect"
    WARMUP_EXCEEDS_DATA = "warmup_exceeds_data"
    # Of what a run came to.
    BENCHMARK_GAPS = "benchmark_gaps"
    BID_ASK_BOUNCE = "bid_ask_bounce"
    EQUITY_NOT_POSITIVE = "equity_not_positive"
    FEW_TRADES = "few_trades"
    HALTED = "halted"
    LOW_EXPOSURE = "low_exposure"
    MARGIN_CALL = "margin_call"
    NEGATIVE_RISK_FREE_RATE = "negative_risk_free_rate"
    NO_COSTS = "no_costs"
    NO_TRADES = "no_trades"
    OPEN_POSITION_AT_END = "open_position_at_end"
    ORDERS_ADJUSTED = "orders_adjusted"
    ORDERS_REJECTED = "orders_rejected"
    PERIODS_PER_YEAR_DIFFERS = "periods_per_year_differs"
    PERIODS_PER_YEAR_UNCERTAIN = "periods_per_year_uncertain"
    SAME_BAR_FILL = "same_bar_fill"
    SHORT_SAMPLE = "short_sample"
    # Of the gate itself, and of the list of data: no run carries them.
    CONDITION_DIRECTION = "condition_direction"
    FRACTION_FOR_PERCENT = "fraction_for_percent"
    TRIALS_UNCOUNTED = "trials_uncounted"
    WEAK_EVIDENCE = "weak_evidence"
    SOURCE_NOT_LISTED = "source_not_listed"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerWarning:
    """Something the caller should know."""

    code: WarningCode = described(
        "Stable name of the warning", type="string", examples=["sample_data"]
    )
    detail: str = described("What it means here")


class OwnBars(Protocol):
    """Bars a caller sent along: checked, or raw rows that the loader still checks."""

    def sha256(self) -> str:
        """Return the hash of what was sent: equal rows have equal hashes."""
        ...


DEFAULT_SYMBOL = "SPY"
"""The symbol of a request that names none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BarQuery:
    """A question put to a loader: which bars, over which window.

    `start` and `end` are aware datetimes and bound ``start <= label < end``; a
    `period` counts back from now (data service) or from the last bar (csv, inline).
    `source` is a `DataSource`, or the name of an installed one; `bars` holds the
    caller's own bars for the inline source, and `owner` says whose uploads are meant.
    """

    symbol: str = DEFAULT_SYMBOL
    source: str = DataSource.CSV
    csv_path: str | None = None
    period: Period | None = None
    start: datetime | None = None
    end: datetime | None = None
    bars: OwnBars | None = None
    adjust: Adjust = Adjust.NONE
    on_bad_data: OnBadData = OnBadData.RAISE
    calendar: str | None = None
    bar_label: BarLabel | None = None
    max_age_days: float | None = None
    columns: tuple[tuple[str, str], ...] | None = None
    timezone: str | None = None
    date_format: str | None = None
    owner: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A half-open window, and how many bars were in it."""

    start: datetime | None = described("First instant, included")
    end: datetime | None = described("End, excluded")
    bars: int | None = described("Bars in the window", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """The bars a run was made from.

    `dataset` names the data however it was asked for, such as a file by its own path:
    trials are counted on it, and it does not leave.
    """

    source: str = described("Where they came from; `sample` is the shipped example")
    symbol: str = described("Their symbol")
    dataset: str
    bars: int = described("How many bars")
    first: datetime = described("Time of the first bar")
    last: datetime = described("Time of the last bar")
    sha256: str = described("Hash of the bars", pattern="^[0-9a-f]{64}$")
    requested: Window = described("The window asked for")
    received: Window = described("The window the source gave")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One kind of defect or suspicion."""

    count: int = described("How often it was found")
    at: tuple[str, ...] = described("The first places")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """What was found in the data, counted and located."""

    calendar: str | None = described(
        "Exchange calendar the bars were checked against; null where none fits"
    )
    calendar_inferred: bool = described("Whether the calendar was inferred")
    adjusted: bool = described("Whether prices were scaled to an adjusted close")
    dropped_rows: int = described("Rows left out under on_bad_data `drop`")
    missing_pct: float = described(
        "Percent of the calendar's sessions without a bar; without a calendar, percent "
        "of the time that lies in holes of more than twelve days and three usual steps"
    )
    findings: Mapping[str, Finding] = described(
        "By kind of finding, each with a count of 0 where all is well"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReading:
    """How a file was read, so that a person can see what was understood of it."""

    format: str = described("`csv` or `parquet`")
    encoding: str = described("What its text is encoded in")
    header: bool = described("Whether it has a header; else rows showed the columns")
    columns: Mapping[str, str] = described(
        "What each column is called in the file; `column 3` where it has no name"
    )
    separator: str | None = described("What stands between cells", absent=True)
    decimal: str | None = described("The decimal mark", absent=True)
    thousands: str | None = described("The mark that groups thousands", absent=True)
    timestamps: str = described(
        "How they are written: ISO 8601 with or without an offset, epoch, or a format"
    )
    timezone: str | None = described(
        "The zone of clocks without an offset, if the request names one", absent=True
    )
    newest_first: bool = described("Whether the newest row stands first")
    symbol: str | None = described(
        "What its column of symbols calls the rows that were taken", absent=True
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SketchPart:
    """Some features of bars: the hashes under ``2 ** (63 - scale)``, rising."""

    scale: int
    hashes: tuple[int, ...]

    def size_at(self, scale: int) -> int:
        """Return how many of the hashes a sketch of another scale could have."""
        return bisect_left(self.hashes, 2 ** (63 - max(scale, self.scale)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """What is in bars, whatever they are called; `parts` are empty for very few."""

    digest: str
    parts: tuple[SketchPart, ...]

    @property
    def is_long(self) -> bool:
        """Whether it has features to be found by."""
        return any(part.hashes for part in self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedBars:
    """Bars that keep the contract, with their origin and what to warn of.

    `periods` says how many make a year; without it their labels alone do.
    `reading` tells how a file was read, `sketch` gives what is in the whole source.
    """

    bars: Bars
    provenance: Provenance
    warnings: tuple[AnswerWarning, ...] = ()
    quality: Quality | None = None
    periods: BarsPerYear | None = None
    reading: FileReading | None = None
    sketch: Callable[[], Sketch] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyParams:
    """Base of every strategy's frozen parameters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HookParams:
    """Base of every hook's frozen parameters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HookSpec:
    """One hook asked for: its registered name and its parameters."""

    type: str
    params: HookParams


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """``metric op threshold``, such as ``sharpe_ratio > 0.5``."""

    metric: str
    op: str
    threshold: float


class Outcome(StrEnum):
    """The three answers of a gate."""

    PASS = "pass"  # noqa: S105 -- not a password
    FAIL = "fail"
    INSUFFICIENT_EVIDENCE = "insufficient_evidence"


@dataclass(frozen=True, slots=True, kw_only=True)
class GateSpec:
    """What the caller wants judged, by which policy, after how many own trials."""

    conditions: tuple[Condition, ...]
    policy: str | None = None
    trials: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestSpec:
    """One run, completely described.

    `fill` None means the strategy's own default; `periods_per_year` None means
    inferred from the bars' spacing; `sizing` carries the request's `quantity`.
    """

    query: BarQuery = BarQuery()
    initial_cash: float = 100_000.0
    strategy_type: str = "buy_and_hold"
    strategy_params: StrategyParams = StrategyParams()
    fill: Fill | None = None
    costs: Costs = Costs()
    sizing: Sizing = Sizing()
    exits: Exits = Exits()
    direction: Direction = Direction.LONG
    periods_per_year: float | None = None
    risk_free_rate: float = 0.0
    benchmark: str | None = None
    advisors: tuple[HookSpec, ...] = ()
    validators: tuple[HookSpec, ...] = ()
    observers: tuple[HookSpec, ...] = ()
    gate: GateSpec | None = None
    include: frozenset[Include] = frozenset()
    max_points: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """What a run assumed, resolved: echoed in every answer."""

    fill: Fill
    costs: Costs
    sizing: Sizing
    exits: Exits
    direction: Direction
    initial_cash: float
    periods_per_year: float
    risk_free_rate: float
