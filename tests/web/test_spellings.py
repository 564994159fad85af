"""A time is read alike wherever it stands: of a window, of a bar, of a signal."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

DAYS = ["2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05", "2024-01-08"]
READ = [
    "2024-01-04",
    "2024-01-04T14:30:00Z",
    "2024-01-04T14:30:00+00:00",
    "2024-01-04T14:30:00",
    "2024-01-04 14:30:00",
    "2024-01-04T14:30",
    "2024-01-04T14:30Z",
    "2024-01-04T09:30:00-05:00",
    "2024-01-04T09:30:00-0500",
    "2024-01-04T14:30:00.5Z",
    "2024-01-04T14:30:00.123456Z",
    "2024-01-04T14:30:00.123456789Z",
]
REFUSED = [
    "",
    "today",
    "2024-1-4",
    "20240104",
    "04.01.2024",
    "2024-02-30",
    "2024-01-04T25:00:00Z",
    "2024-01-04T14:30:00 EST",
    "2024-01-04T14:30:00Z ",
    "2024-01-04t14:30:00z",
    "2024-W01-4",
    "1704378600",
    1704378600,
]


def bars(labels: list[str]) -> dict[str, Any]:
    prices = [10.0 + row for row in range(len(labels))]
    names = ("open", "high", "low", "close")
    return {"timestamp": labels} | dict.fromkeys(names, prices)


def asked(place: str, value: Any) -> dict[str, Any]:
    request: dict[str, Any] = {"data_source": "inline", "bars": bars(DAYS)}
    if place == "signal":
        signals = [{"timestamp": value, "side": "buy"}]
        params = {"signals": signals, "hold_bars": 1}
        return request | {"strategy_type": "signals", "strategy_params": params}
    if place == "bar":
        zoned = isinstance(value, str) and (value.endswith("Z") or value[-5:-4] in "+-")
        zoned = zoned or (isinstance(value, str) and value[-6:-5] in {"+", "-"})
        clock = "T00:00:00Z" if zoned and len(value) > 10 else ""
        labels = [f"{day}{clock}" for day in DAYS]
        labels[2] = value
        return request | {"bars": bars(labels)}
    return request | {place: value}


@pytest.mark.parametrize("value", READ)
@pytest.mark.parametrize("place", ["start", "end", "bar", "signal"])
def test_is_read(client: FlaskClient, place: str, value: str) -> None:
    answer = client.post("/backtest", json=asked(place, value))

    assert answer.status_code == 200, answer.json


@pytest.mark.parametrize("value", REFUSED)
@pytest.mark.parametrize("place", ["start", "end", "bar", "signal"])
def test_is_refused(client: FlaskClient, place: str, value: Any) -> None:
    answer = client.post("/backtest", json=asked(place, value))

    assert answer.status_code == 422, answer.json
    assert answer.json is not None
    assert answer.json["code"] == "validation_error"


@pytest.mark.parametrize("value", READ[1:])
def test_is_the_same_instant(client: FlaskClient, value: str) -> None:
    """Bars of half an hour from 14:00 on: each spelling of 14:30 begins with it."""
    labels = [
        f"2024-01-04T{hour}:{minute}:00Z"
        for hour in (14, 15)
        for minute in ("00", "30")
    ]
    request = {"data_source": "inline", "bars": bars(labels), "start": value}

    answer = client.post("/backtest", json=request).json

    assert answer is not None
    exact = "." not in value
    expected = "2024-01-04T14:30:00Z" if exact else "2024-01-04T15:00:00Z"
    assert answer["data"]["first"] == expected
