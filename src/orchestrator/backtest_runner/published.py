"""The two functions other people's code calls."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import pandas as pd

from backtesting.bars import Bars
from backtesting.terms import Sizing
from orchestrator.backtest_runner.answer import answer_of
from orchestrator.backtest_runner.arguments import (
    loaded_of,
    options_of,
    params_of,
    period_of,
    positive,
    source_of,
    symbol_of,
)
from orchestrator.backtest_runner.execution import execute
from orchestrator.deadline import Deadline
from orchestrator.loaders.sources import open_sources
from orchestrator.settings import Settings
from orchestrator.spec import (
    BacktestSpec,
    BarQuery,
    DataSource,
    LoadedBars,
    StrategyParams,
)

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
        `exits` or `direction`, as the spec's own values or as a request has them.  A
        `sizing` given here replaces `quantity`.

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
    symbol = symbol_of(symbol)
    sizing = Sizing(quantity=positive("quantity", quantity))
    spec = BacktestSpec(
        query=BarQuery(symbol=symbol, source=DataSource.INLINE),
        initial_cash=positive("initial_cash", initial_cash),
        strategy_type=strategy_type,
        strategy_params=params_of(strategy_type, strategy_params),
        **{"sizing": sizing, **options_of(options)},
    )
    return answer_of(execute(spec, loaded_of(data, symbol)))


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
        symbol=symbol_of(symbol),
        source=source_of(data_source),
        csv_path=csv_path,
        period=None if period is None else period_of(period),
    )
    loader = open_sources(settings)[query.source]
    loaded = loader.load(query, Deadline.after(settings.work_budget))
    return run_backtest(
        loaded,
        query.symbol,
        initial_cash,
        quantity,
        strategy_type,
        strategy_params=strategy_params,
        **options,
    )
