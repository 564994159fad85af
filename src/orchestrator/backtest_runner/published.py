"""The two functions other people's code calls."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

from backtesting import load_dataframe
from backtesting.bars import Bars
from backtesting.terms import Sizing
from orchestrator.backtest_runner.answer import answer_of
from orchestrator.backtest_runner.execution import execute
from orchestrator.budget import Budget
from orchestrator.errors import DataInvalidError, InvalidRequestError, Place
from orchestrator.loaders.sources import open_sources
from orchestrator.parameters import STRATEGY_PARAMS, load
from orchestrator.period import Period
from orchestrator.settings import Settings
from orchestrator.spec import (
    BacktestSpec,
    BarQuery,
    DataSource,
    LoadedBars,
    Provenance,
    StrategyParams,
    Window,
)
from orchestrator.strategies.registry import get_strategy

if TYPE_CHECKING:
    Json = dict[str, Any]


def run_backtest(  # noqa: PLR0917 -- published
    data: pd.DataFrame | Bars | LoadedBars,
    symbol: str,
    initial_cash: float = 100_000.0,
    quantity: float = 50.0,
    strategy_type: str = "buy_and_hold",
    *,
    strategy_params: Mapping[str, object] | StrategyParams | None = None,
    **options: Any,
) -> Json:
    """Run a strategy over bars and return the answer of ``/backtest``.

    Parameters
    ----------
    data : DataFrame, Bars or LoadedBars
        OHLCV bars; a frame as `backtesting.load_dataframe` takes it.
    symbol : str
        What the bars are of.
    initial_cash : float, default=100000.0
        Starting cash, in the quote currency; positive.
    quantity : float, default=50.0
        Units of one entry under fixed sizing; positive, fractions allowed.
    strategy_type : str, default="buy_and_hold"
        A name of `orchestrator.strategies.registry.STRATEGIES`.
    strategy_params : mapping or StrategyParams, optional
        The strategy's own parameters; its defaults where left out.
    **options
        Further fields of `orchestrator.spec.BacktestSpec`, such as `fill`, `costs`,
        `exits` or `direction`.  A `sizing` given here replaces `quantity`.

    Returns
    -------
    dict
        JSON-ready, but for columns that are asked for by `include`: numpy arrays.

    Raises
    ------
    InvalidRequestError
        If an argument breaks its rule, or no strategy has that name.
    DataInvalidError
        If the bars break the bar contract.
    """
    _check_positive(initial_cash=initial_cash, quantity=quantity)
    spec = BacktestSpec(
        query=BarQuery(symbol=symbol, source=DataSource.INLINE),
        initial_cash=float(initial_cash),
        strategy_type=strategy_type,
        strategy_params=_params(strategy_type, strategy_params),
        **{"sizing": Sizing(quantity=float(quantity)), **options},
    )
    return answer_of(execute(spec, _loaded(data, symbol)))


def run_backtest_from_request(  # noqa: PLR0913, PLR0917 -- published
    symbol: str = "SPY",
    data_source: str = "csv",
    csv_path: str | None = None,
    initial_cash: float = 100_000.0,
    quantity: float = 50.0,
    strategy_type: str = "buy_and_hold",
    period: str | None = None,
    *,
    strategy_params: Mapping[str, object] | StrategyParams | None = None,
    settings: Settings | None = None,
    **options: Any,
) -> Json:
    """Load bars as a request would, run a strategy and return the answer.

    Takes the flat fields of ``POST /backtest`` with their defaults.

    Parameters
    ----------
    settings : Settings, optional
        Where the bars are; by default what the environment says.  This function is
        a door of its own: it reads the environment and opens sources at each call.

    Raises
    ------
    OrchestratorError
        As the service would answer.
    """
    settings = settings or Settings.from_environ(os.environ)
    query = BarQuery(
        symbol=symbol.upper(),
        source=_source(data_source),
        csv_path=csv_path,
        period=None if period is None else _period(period),
    )
    loader = open_sources(settings)[query.source]
    loaded = loader.load(query, Budget.of(settings.work_budget))
    return run_backtest(
        loaded,
        query.symbol,
        initial_cash,
        quantity,
        strategy_type,
        strategy_params=strategy_params,
        **options,
    )


def _check_positive(**values: float) -> None:
    for name, value in values.items():
        if isinstance(value, bool) or not (math.isfinite(value) and value > 0.0):
            detail = f"{value!r} is not a finite number above 0"
            raise InvalidRequestError(
                f"{name}: {detail}", places=(Place(f"/{name}", detail),)
            )


def _params(
    strategy_type: str, given: Mapping[str, object] | StrategyParams | None
) -> StrategyParams:
    if isinstance(given, StrategyParams):
        return given
    params: StrategyParams = load(
        get_strategy(strategy_type).params, given or {}, under=STRATEGY_PARAMS
    )
    return params


def _source(name: str) -> DataSource:
    try:
        return DataSource(name)
    except ValueError:
        detail = f"{name!r} is none of {', '.join(DataSource)}"
        raise InvalidRequestError(
            detail, places=(Place("/data_source", detail),)
        ) from None


def _period(text: str) -> Period:
    try:
        return Period.parse(text)
    except ValueError as error:
        raise InvalidRequestError(
            str(error), places=(Place("/period", str(error)),)
        ) from None


def _loaded(data: pd.DataFrame | Bars | LoadedBars, symbol: str) -> LoadedBars:
    if isinstance(data, LoadedBars):
        return data
    try:
        bars = data if isinstance(data, Bars) else Bars.from_frame(load_dataframe(data))
    except ValueError as error:
        raise DataInvalidError(str(error)) from error
    first, last = (_moment(bars, row) for row in (0, -1))
    window = Window(start=first, end=last, bars=len(bars))
    return LoadedBars(
        bars=bars,
        provenance=Provenance(
            source=DataSource.INLINE,
            symbol=symbol,
            bars=len(bars),
            first=first,
            last=last,
            sha256=bars.sha256(),
            requested=window,
            received=window,
        ),
    )


def _moment(bars: Bars, row: int) -> datetime:
    microseconds = int(bars.timestamps[row].astype("datetime64[us]").astype(int))
    return datetime.fromtimestamp(microseconds / 1e6, UTC)
