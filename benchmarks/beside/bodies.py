"""The heaviest bodies a caller may send, each with its route and its content type."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

FILE_BARS = 420_000
"""Bars of a file of 8 MB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heavy:
    """One kind of request; `clients` send it again and again."""

    name: str
    path: str
    body: bytes
    clients: int = 2
    content_type: str = "application/json"
    varies: bool = True

    def numbered(self, number: int) -> bytes:
        """Return the body asking for what was not asked before, if it `varies`."""
        if not self.varies:
            return self.body
        return self.body[:-1] + b',"initial_cash":%d}' % (100_000 + number)


def bars_file(bars: int = FILE_BARS) -> bytes:
    """Return minutes that alternate between 1 and 2, as CSV."""
    minutes = np.datetime64("2022-01-03T00:00", "m") + np.arange(bars)
    prices = (np.arange(bars) % 2 + 1).tolist()
    rows = (f"{t},{p},{p},{p},{p}" for t, p in zip(minutes, prices, strict=True))
    return "\n".join(("date,open,high,low,close", *rows)).encode()


def heavy() -> Iterator[Heavy]:
    """Yield every kind."""
    on_file = {"data_source": "csv", "symbol": "HEAVY"}
    gate = {"conditions": ["sharpe_ratio > 0.5"], "policy": "standard"}
    hooks = {
        "advisors": [{"type": "signal_delay", "params": {"bars": 1}}] * 3,
        "validators": [{"type": "max_position", "params": {"quantity": 10}}] * 3,
        "observers": [{"type": "trade_log"}] * 3,
    }
    yield _json("gate over a file of 420,000 bars", "/gate", {**on_file, "gate": gate})
    yield _json(
        "its curve, trades and orders",
        "/backtest",
        {
            **on_file,
            "include": ["equity_curve", "trades", "orders"],
            "max_points": 5000,
        },
    )
    yield _json("nine hooks on 420,000 bars", "/backtest", {**on_file, **hooks})
    yield _json("a look-ahead check of it", "/strategies/validate", on_file)
    yield _json("a bootstrap of it", "/backtest", {**on_file, "include": ["bootstrap"]})
    yield _json("60,000 inline bars", "/backtest", _inline(60_000))
    yield _json(
        "twelve clients with 60,000 inline bars", "/backtest", _inline(60_000), 12
    )
    yield _json("80,000 bars as rows", "/backtest", _rows(80_000))
    yield _json("bars of 1700 by XKRX", "/backtest", _old())
    yield _json(
        "a batch of 100 on 5,031 bars",
        "/gate/batch",
        {
            "requests": [
                {
                    "data_source": "csv",
                    "symbol": "SP500",
                    "gate": gate,
                    "strategy_type": "sma_cross",
                    "strategy_params": {"fast": n % 40 + 2, "slow": 50},
                }
                for n in range(100)
            ]
        },
    )
    yield _json(
        "300,000 unknown fields", "/backtest", {f"field_{n}": n for n in range(300_000)}
    )
    late = json.dumps(_inline(60_000)).encode()
    yield Heavy(
        name="a NaN at the end of 4 MB",
        path="/backtest",
        body=late[:-1] + b',"x":NaN}',
        varies=False,
    )
    yield Heavy(
        name="8 MB of rows that are none",
        path="/data/csv?symbol=NONE",
        body=b"date,open,high,low,close\n" + b"x\n" * 4_000_000,
        content_type="text/csv",
        varies=False,
    )


def _json(name: str, path: str, body: object, clients: int = 2) -> Heavy:
    return Heavy(
        name=name,
        path=path,
        body=json.dumps(body).encode(),
        clients=clients,
        varies=path != "/gate/batch",
    )


def _inline(bars: int) -> dict[str, object]:
    minutes = np.datetime64("2024-01-01T00:00", "s") + 60 * np.arange(bars)
    close = np.round(100.0 + np.sin(np.arange(bars) / 50.0), 4)
    return {
        "data_source": "inline",
        "symbol": "INLINE",
        "bars": {
            "timestamp": [f"{t}Z" for t in minutes.tolist()],
            "open": close.tolist(),
            "high": (close + 0.1).tolist(),
            "low": (close - 0.1).tolist(),
            "close": close.tolist(),
        },
    }


def _rows(bars: int) -> dict[str, object]:
    minutes = np.datetime64("2024-01-01T00:00", "s") + 60 * np.arange(bars)
    rows = [
        {"timestamp": f"{t}Z", "open": 1.0, "high": 1.5, "low": 0.5, "close": 1.0}
        for t in minutes.tolist()
    ]
    return {"data_source": "inline", "symbol": "ROWS", "bars": rows}


def _old() -> dict[str, object]:
    days = ["1700-01-04", "1700-01-05", "1700-01-06"]
    prices = [1.0, 2.0, 1.5]
    columns = dict.fromkeys(("open", "high", "low", "close"), prices)
    return {
        "data_source": "inline",
        "symbol": "OLD",
        "calendar": "XKRX",
        "bars": {"timestamp": days, **columns},
    }
