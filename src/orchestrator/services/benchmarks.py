"""The closes of another symbol on the bars of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from orchestrator.errors import DataNotFoundError, InvalidRequestError
from orchestrator.spec import (
    SAMPLE_SOURCE,
    AnswerWarning,
    DataSource,
    LoadedBars,
    WarningCode,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from backtesting.bars import Bars
    from orchestrator.deadline import Deadline
    from orchestrator.loaders.base import BarLoader
    from orchestrator.spec import BacktestSpec

BEFORE = timedelta(days=10)
"""How far before the run's first bar the benchmark is asked for: its last close
before counts, and markets close over holidays."""
AFTER = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Benchmark:
    """Closes on the run's bars, the bars they are from, and warnings."""

    close: NDArray[np.float64] | None = None
    sha256: str = ""
    source: str = ""
    bars: Bars | None = None
    warnings: tuple[AnswerWarning, ...] = ()


def align_benchmark(
    spec: BacktestSpec,
    loaded: LoadedBars,
    loaders: Mapping[str, BarLoader],
    deadline: Deadline,
    *,
    caller: str,
) -> Benchmark:
    """Return the benchmark on the run's bars; without closes, the symbol itself.

    A bar on which the benchmark has none takes its last close before; such bars are
    counted in a warning.

    Raises
    ------
    InvalidRequestError
        With inline bars, which have no other symbol beside them.
    DataNotFoundError
        If the benchmark has no bars, or none at or before the run's first.
    """
    symbol = spec.benchmark
    if symbol is None or symbol == spec.query.symbol:
        return Benchmark()
    if spec.query.source == DataSource.INLINE:
        detail = "goes with csv and data_service: inline bars are of one symbol"
        raise InvalidRequestError.at("/benchmark", detail, subject="benchmark")
    query = replace(
        spec.query,
        owner=caller,
        symbol=symbol,
        csv_path=None,
        columns=None,
        timezone=None,
        date_format=None,
        max_age_days=None,
        period=None,
        start=loaded.provenance.first - BEFORE,
        end=loaded.provenance.last + AFTER,
    )
    try:
        other = loaders[spec.query.source].load(query, deadline)
    except DataNotFoundError as error:
        raise DataNotFoundError(f"the benchmark {symbol}: {error.detail}") from error
    if other.provenance.source == SAMPLE_SOURCE:
        raise DataNotFoundError(
            f"the benchmark {symbol}: there are no bars of it; GET /data lists what "
            "there is"
        )
    return _closes_on(loaded, other, symbol)


def _closes_on(loaded: LoadedBars, other: LoadedBars, symbol: str) -> Benchmark:
    wanted, given = loaded.bars.timestamps, other.bars.timestamps
    rows = np.searchsorted(given, wanted, side="right") - 1
    if rows[0] < 0:
        raise DataNotFoundError(
            f"the benchmark {symbol} begins at {given[0]}, after the run's first bar "
            f"at {wanted[0]}: ask for a later start"
        )
    missing = int(np.count_nonzero(given[rows] != wanted))
    # What is missing of the margin before the first bar is nobody's concern, and what
    # is missing of the run's own bars is counted below.
    warnings = tuple(
        replace(warning, detail=f"benchmark {symbol}: {warning.detail}")
        for warning in other.warnings
        if warning.code != WarningCode.PARTIAL_WINDOW
    )
    if missing:
        warnings = (
            *warnings,
            AnswerWarning(
                code=WarningCode.BENCHMARK_GAPS,
                detail=f"{symbol} has no bar on {missing} of {wanted.size} bars; its "
                "last close before stands in",
            ),
        )
    return Benchmark(
        close=other.bars.close[rows],
        sha256=other.provenance.sha256,
        source=other.provenance.source,
        bars=other.bars,
        warnings=warnings,
    )
