"""The two functions other people's code calls: a door beside HTTP, in process.

They take the fields of ``POST /backtest`` as keywords, read them by the same schema,
put them to the same services, and answer with the same document.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, cast

import orjson
import pandas as pd

from backtesting import load_dataframe
from backtesting.bars import Bars
from orchestrator.bootstrap import build_services, create_embedded, services_over
from orchestrator.deadline import Deadline
from orchestrator.errors import DataInvalidError, InvalidRequestError
from orchestrator.schemas.backtest.request import (
    BacktestRequestSchema,
    Request,
    request_schema,
)
from orchestrator.schemas.plain import plain_fields
from orchestrator.services import Asked, Backtests
from orchestrator.settings import LedgerMode, Settings
from orchestrator.spec import DataSource, Include, LoadedBars, StrategyParams
from orchestrator.strategies.registry import STRATEGIES

if TYPE_CHECKING:
    from orchestrator.services import Answer

Json = dict[str, Any]

CALLER = "python"
"""For whom trials are counted unless `caller` says otherwise."""


class Absent:
    """Stands for an argument that was not given: ``None`` is a value, JSON's null."""

    def __repr__(self) -> str:
        return "<not given>"


ABSENT = Absent()
_OF_BARS = ("data_source", "csv_path", "bars")


def run_backtest(  # noqa: PLR0917 -- published
    data: pd.DataFrame | Bars | LoadedBars,
    symbol: str,
    initial_cash: float = 100_000.0,
    quantity: float = 50.0,
    strategy_type: str = "buy_and_hold",
    *,
    strategy_params: Mapping[str, object] | StrategyParams | Absent = ABSENT,
    **fields: Any,
) -> Json:
    """Run a strategy over bars and return the answer of ``POST /backtest``.

    Nothing is recorded, so a gate is judged as one whose trials nobody counted.

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
    **fields
        Further fields of the request, such as `fill`, `costs`, `gate` or `include`,
        as a request has them or as the spec's own values.  A `Sizing` given here
        replaces `quantity`.

    Returns
    -------
    dict
        As the service would answer it, decoded.

    Raises
    ------
    InvalidRequestError
        If a field breaks its rule: what HTTP refuses, with the same pointers.
    DataInvalidError
        If the bars break the bar contract.
    """
    for name in _OF_BARS:
        if name in fields:
            detail = "goes with run_backtest_from_request: the bars are given here"
            raise InvalidRequestError.at(f"/{name}", detail, subject=name)
    request = _read(
        {
            "symbol": symbol,
            "initial_cash": initial_cash,
            "quantity": quantity,
            "strategy_type": strategy_type,
            "strategy_params": strategy_params,
            **fields,
        }
    )
    loaded = data if isinstance(data, LoadedBars) else None
    bars = None if loaded is not None else _bars_of(data)
    query = replace(request.spec.query, source=DataSource.INLINE, bars=bars)
    request = replace(request, spec=replace(request.spec, query=query))
    return _answer(services_over(loaded), request, CALLER, Settings().work_budget)


def run_backtest_from_request(  # noqa: PLR0913, PLR0917 -- published
    symbol: str = "SPY",
    data_source: str = "csv",
    csv_path: str | None = None,
    initial_cash: float = 100_000.0,
    quantity: float = 50.0,
    strategy_type: str = "buy_and_hold",
    period: str | None = None,
    *,
    strategy_params: Mapping[str, object] | StrategyParams | Absent = ABSENT,
    settings: Settings | None = None,
    caller: str = CALLER,
    **fields: Any,
) -> Json:
    """Load bars as a request would, run a strategy and return the answer.

    Takes every field of ``POST /backtest`` with its default.  With a `gate`, or with
    evidence to `include`, the run is recorded as a trial of `caller` in the ledger of
    `settings`; without either, nothing is recorded.

    Parameters
    ----------
    settings : Settings, optional
        Where bars, ledger and policies are; by default what the environment says.
        This function is a door: it reads the environment and opens sources at each
        call.
    caller : str, default="python"
        For whom trials are counted.

    Raises
    ------
    OrchestratorError
        As the service would answer.
    """
    settings = settings or Settings.from_environ(os.environ)
    request = _read(
        {
            "symbol": symbol,
            "data_source": data_source,
            "csv_path": csv_path,
            "initial_cash": initial_cash,
            "quantity": quantity,
            "strategy_type": strategy_type,
            "period": period,
            "strategy_params": strategy_params,
            **fields,
        }
    )
    if not _is_weighed(request):
        settings = replace(settings, ledger=LedgerMode.OFF)
    create_embedded(settings)
    backtests = build_services(settings).backtests
    return _answer(backtests, request, caller, settings.work_budget)


def _read(fields: Mapping[str, Any]) -> Request:
    """Return the request of keywords, by the schema of every door."""
    given = {name: value for name, value in fields.items() if value is not ABSENT}
    return _schema().load_body(plain_fields(given))


@cache
def _schema() -> BacktestRequestSchema:
    return request_schema(STRATEGIES)


def _is_weighed(request: Request) -> bool:
    weighed = {Include.EVIDENCE, Include.BOOTSTRAP}
    return request.spec.gate is not None or bool(weighed & request.spec.include)


def _bars_of(data: object) -> Bars:
    if isinstance(data, Bars):
        return data
    if not isinstance(data, pd.DataFrame):
        detail = f"{type(data).__name__} is neither Bars nor a DataFrame"
        raise InvalidRequestError.at("/data", detail, subject="data:")
    try:
        return Bars.from_frame(load_dataframe(data))
    except ValueError as error:
        raise DataInvalidError(str(error)) from error


def _answer(
    backtests: Backtests, request: Request, caller: str, seconds: float
) -> Json:
    asked = Asked(caller=caller, document=request.document)
    answer = backtests.answer(request.spec, asked, deadline=Deadline.after(seconds))
    # No tag was held, so the answer is whole.
    document: Json = orjson.loads(cast("Answer", answer).body)
    return document
