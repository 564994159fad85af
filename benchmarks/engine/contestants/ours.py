"""Our engine, from the call of `run_backtest` to its answer with every metric."""

import numpy as np
from protocol import serve

from backtesting.bars import Bars
from orchestrator.backtest_runner import run_backtest
from orchestrator.parameters import STRATEGY_PARAMS, load
from orchestrator.strategies.registry import get_strategy


def signals_of(bars, places):
    columns = {
        "timestamp": np.datetime_as_string(bars.timestamps[places], "s").tolist(),
        "side": ["sell" if row % 2 else "buy" for row in range(places.size)],
    }
    columns["timestamp"] = [f"{moment}Z" for moment in columns["timestamp"]]
    params = get_strategy("signals").params
    return load(params, {"signals": columns}, under=STRATEGY_PARAMS)


def contest(name, files):
    bars = Bars.checked(**files.bars(name))
    if name == "W1":
        work = (50.0, "buy_and_hold", {})
    elif name == "W5":
        work = (10.0, "signals", signals_of(bars, files.signals()))
    else:
        work = (10.0, "sma_cross", {"fast": 10, "slow": 30})
    quantity, strategy, params = work

    def run():
        answer = run_backtest(
            bars,
            "BENCH",
            quantity=quantity,
            strategy_type=strategy,
            strategy_params=params,
        )
        return answer["metrics"]["final_value"]

    return run


if __name__ == "__main__":
    serve(contest)
