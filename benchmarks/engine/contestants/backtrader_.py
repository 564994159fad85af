"""backtrader: a class with ``next``, one call a bar, and analyzers."""

import backtrader as bt
import pandas as pd
from protocol import serve

CASH = 100_000


class Hold(bt.Strategy):
    def next(self):
        if len(self) == 1:
            self.buy(size=50)


class Cross(bt.Strategy):
    def __init__(self):
        averages = [bt.ind.SMA(self.data.close, period=bars) for bars in (10, 30)]
        self.cross = bt.ind.CrossOver(*averages)

    def next(self):
        if self.cross[0] > 0:
            self.buy(size=10)
        elif self.cross[0] < 0 and self.position:
            self.close()


class Signals(bt.Strategy):
    params = (("places", ()),)

    def __init__(self):
        self.sides = {place: row % 2 for row, place in enumerate(self.p.places)}

    def next(self):
        side = self.sides.get(len(self) - 1)
        if side == 0:
            self.buy(size=10)
        elif side == 1:
            self.close()


def contest(name, files):
    bars = files.bars(name)
    index = pd.DatetimeIndex(bars.pop("timestamps"))
    frame = pd.DataFrame(bars, index=index)
    is_daily = name != "W3"

    def run():
        cerebro = bt.Cerebro(stdstats=False)
        cerebro.broker.setcash(CASH)
        cerebro.broker.set_coc(name == "W1")
        frame_size = bt.TimeFrame.Days if is_daily else bt.TimeFrame.Minutes
        cerebro.adddata(bt.feeds.PandasData(dataname=frame, timeframe=frame_size))
        if name == "W5":
            cerebro.addstrategy(Signals, places=places)
        else:
            cerebro.addstrategy(Hold if name == "W1" else Cross)
        cerebro.addanalyzer(bt.analyzers.SharpeRatio_A)
        cerebro.addanalyzer(bt.analyzers.DrawDown)
        cerebro.run()
        return cerebro.broker.getvalue()

    places = files.signals().tolist()
    return run


if __name__ == "__main__":
    serve(contest)
