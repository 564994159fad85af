"""More of the kinds of cases 22 and 24: several symbols, and splits a file names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from flask.testing import FlaskClient

from tests.cases.bars_csv import bars_of, dates, walk


def _asked(client: FlaskClient, symbol: str) -> tuple[int, dict[str, Any]]:
    response = client.post("/backtest", json={"csv_path": "bars.csv", "symbol": symbol})
    assert response.json is not None
    return response.status_code, response.json


def _codes(answer: dict[str, Any]) -> list[str]:
    return [warning["code"] for warning in answer["warnings"]]


def _several(header: str) -> pd.DataFrame:
    """Return bars of three symbols, one after the other in time."""
    parts = [
        bars_of(
            dates(pd.bdate_range(start, periods=10)), np.full(10, 10.0 ** (place + 1))
        ).assign(**{header: symbol})
        for place, (start, symbol) in enumerate(
            [("2022-01-03", "AAA"), ("2022-02-01", "BBB"), ("2022-03-01", "CCC")]
        )
    ]
    return pd.concat(parts)


@pytest.mark.parametrize(
    "header",
    ["symbol", "Ticker", "<TICKER>", "tic", "Stock Symbol", "pair", "ISIN", "Asset"],
)
def test_the_rows_of_the_symbol_alone_are_taken(
    client: FlaskClient, tmp_path: Path, header: str
) -> None:
    _several(header).to_csv(tmp_path / "bars.csv", index=False)

    status, answer = _asked(client, "BBB")

    assert status == 200, answer
    assert answer["data"]["bars"] == 10
    assert answer["data"]["first"] == "2022-02-01T00:00:00Z"
    assert "symbol_differs" not in _codes(answer)


@pytest.mark.parametrize("header", ["symbol", "ISIN", "Security_ID"])
def test_a_symbol_that_is_not_among_them_is_refused(
    client: FlaskClient, tmp_path: Path, header: str
) -> None:
    _several(header).to_csv(tmp_path / "bars.csv", index=False)

    status, answer = _asked(client, "DDD")

    assert status == 422
    assert "DDD is not among them: 'AAA', 'BBB', 'CCC'" in answer["detail"]


@pytest.mark.parametrize(
    ("header", "inside", "asked", "differs"),
    [
        ("symbol", "MSFT", "AAPL", True),
        ("Ticker", "MSFT.US", "AAPL", True),
        ("Ticker", "AAPL.US", "AAPL", False),
        ("symbol", "btc/usdt", "BTC-USDT", False),
        ("Name", "Apple Inc.", "BARS", False),
        ("ISIN", "US0378331005", "BARS", False),
    ],
)
def test_the_one_symbol_of_a_file_is_compared(
    client: FlaskClient,
    tmp_path: Path,
    *,
    header: str,
    inside: str,
    asked: str,
    differs: bool,
) -> None:
    frame = bars_of(dates(pd.bdate_range("2022-01-03", periods=30)))
    named = tmp_path / f"{asked}.csv"
    frame.assign(**{header: inside}).to_csv(named, index=False)

    response = client.post("/backtest", json={"symbol": asked})

    assert response.json is not None
    assert response.status_code == 200, response.json
    assert ("symbol_differs" in _codes(response.json)) is differs


@pytest.mark.parametrize(
    ("header", "cell", "ratio"),
    [
        ("split_coefficient", "4.0", 4.0),
        ("Stock Splits", "1.5", 1.5),
        ("splitFactor", "0.1", 0.1),
        ("Split", "1.1", 1.1),
        ("Split Ratio", "4:1", 4.0),
        ("splits", "3/2", 1.5),
        ("stock_split", "2-for-1", 2.0),
    ],
)
def test_a_split_that_the_file_names_is_found(
    client: FlaskClient, tmp_path: Path, header: str, cell: str, ratio: float
) -> None:
    closes = walk(300)
    closes[150:] /= ratio
    frame = bars_of(dates(pd.bdate_range("2020-01-01", periods=300)), closes)
    frame.loc[150, ["open", "high", "low"]] = closes[150]
    splits = ["" if ":" in cell or "/" in cell else "0"] * 300
    splits[150] = cell
    frame.assign(**{header: splits}).to_csv(tmp_path / "bars.csv", index=False)

    status, answer = _asked(client, "BARS")

    assert status == 200, answer
    found = answer["data"]["quality"]["findings"]["unadjusted_splits"]
    assert found["count"] == 1
    assert found["at"][0].startswith("2020-07-29")
    assert "unadjusted_splits" in _codes(answer)


def test_a_named_split_that_prices_are_adjusted_for_is_none(
    client: FlaskClient, tmp_path: Path
) -> None:
    frame = bars_of(dates(pd.bdate_range("2020-01-01", periods=300)))
    splits = [0.0] * 300
    splits[150] = 4.0
    frame.assign(**{"Stock Splits": splits}).to_csv(tmp_path / "bars.csv", index=False)

    _, answer = _asked(client, "BARS")

    assert "unadjusted_splits" not in _codes(answer)
