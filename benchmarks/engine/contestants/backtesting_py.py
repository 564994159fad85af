"""backtesting.py: a class with ``init`` and ``next``, one call a bar."""

import warnings

import pandas as pd
from protocol import serve

from backtesting import Backtest, Strategy
from backtesting.lib import crossover

CASH = 100_000


def average(values, bars):
    return pd.Series(values).rolling(bars).mean()


class Hold(Strategy):
    def init(self):
        self.is_in = False

    def next(self):
        if not self.is_in:
            self.is_in = True
            self.buy(size=50)


class Cross(Strategy):
    def init(self):
        self.fast = self.I(average, self.data.Close, 10)
        self.slow = self.I(average, self.data.Close, 30)

    def next(self):
        if crossover(self.fast, self.slow):
            self.buy(size=10)
        elif crossover(self.slow, self.fast):
            self.position.close()


class Signals(Strategy):
    places = None

    def init(self):
        self.sides = {place: row % 2 for row, place in enumerate(self.places)}

    def next(self):
        side = self.sides.get(len(self.data) - 1)
        if side == 0:
            self.buy(size=10)
        elif side == 1:
            self.position.close()


def contest(name, files):
    bars = files.bars(name)
    frame = pd.DataFrame(
        {
            key.capitalize(): bars[key]
            for key in ("open", "high", "low", "close", "volume")
        },
        index=pd.DatetimeIndex(bars["timestamps"]),
    )
    if name == "W1":
        # Its first call is on the second bar: one bar more in front of the others.
        first = frame.iloc[[0]].set_axis(frame.index[[0]] - pd.Timedelta(days=1))
        test = Backtest(pd.concat([first, frame]), Hold, cash=CASH, trade_on_close=True)
        return lambda: test.run()["Equity Final [$]"]
    test = Backtest(frame, Signals if name == "W5" else Cross, cash=CASH)
    if name == "W5":
        places = files.signals().tolist()
        return lambda: test.run(places=places)["Equity Final [$]"]
    return lambda: test.run()["Equity Final [$]"]


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    serve(contest)
