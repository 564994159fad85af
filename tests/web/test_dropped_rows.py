"""Inline bars with bad rows: refused by place, or dropped, counted and warned of."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from flask.testing import FlaskClient

from .test_series import rows_of

# Tuesday 2 January 2024 and the seven sessions after it, with closes 11 to 18.
DAYS = ["02", "03", "04", "05", "08", "09", "10", "11"]
GOOD: dict[str, list[Any]] = {
    "timestamp": [f"2024-01-{day}" for day in DAYS],
    "open": [float(10 + row) for row in range(8)],
    "high": [float(12 + row) for row in range(8)],
    "low": [float(9 + row) for row in range(8)],
    "close": [float(11 + row) for row in range(8)],
    "volume": [1_000.0] * 8,
}
# What to do to row 3, the kind of finding, and the place that is named.
BAD: dict[str, tuple[str, Any, str, str]] = {
    "a missing price": ("close", None, "missing_values", "close/3"),
    "a missing volume": ("volume", None, "missing_values", "volume/3"),
    "a missing timestamp": ("timestamp", None, "unreadable_timestamps", "timestamp/3"),
    "a negative price": ("low", -1.0, "non_positive_prices", "low/3"),
    "a price of zero": ("low", 0, "non_positive_prices", "low/3"),
    "a price too near zero": ("low", 1e-300, "extreme_values", "low/3"),
    "a negative volume": ("volume", -5, "negative_volume", "volume/3"),
    "a close over the high": ("close", 99.0, "price_outside_range", "close/3"),
    "a high under the low": ("high", 1.0, "high_below_low", "high/3"),
    "a repeated timestamp": (
        "timestamp",
        "2024-01-04",
        "duplicate_timestamps",
        "timestamp/3",
    ),
}


def spoiled(column: str, value: Any) -> dict[str, list[Any]]:
    bars = copy.deepcopy(GOOD)
    bars[column][3] = value
    return bars


def body(bars: object, **changes: object) -> dict[str, object]:
    return {"data_source": "inline", "symbol": "MINE", "bars": bars, **changes}


def dropping(bars: object) -> dict[str, object]:
    return body(bars, on_bad_data="drop")


def without_row_3() -> dict[str, list[Any]]:
    return {name: values[:3] + values[4:] for name, values in GOOD.items()}


class TestARowThatIsBad:
    @pytest.mark.parametrize("name", BAD)
    def test_is_refused_by_place(self, client: FlaskClient, name: str) -> None:
        column, value, _, place = BAD[name]
        inverse = "/".join(reversed(place.split("/")))

        columns = client.post("/backtest", json=body(spoiled(column, value)))
        rows = client.post("/backtest", json=body(rows_of(spoiled(column, value))))

        assert columns.status_code == rows.status_code == 422
        assert columns.json["errors"][0]["pointer"] == f"/bars/{place}"
        assert rows.json["errors"][0]["pointer"] == f"/bars/{inverse}"

    @pytest.mark.parametrize("name", BAD)
    def test_is_dropped_counted_and_warned_of(
        self, client: FlaskClient, name: str
    ) -> None:
        column, value, kind, _ = BAD[name]

        spoilt = client.post("/backtest", json=dropping(spoiled(column, value))).json
        clean = client.post("/backtest", json=body(without_row_3())).json

        quality = spoilt["data"]["quality"]
        assert quality["dropped_rows"] == 1
        assert quality["findings"][kind] == {"count": 1, "at": ["row 4"]}
        assert "dropped_rows" in [warning["code"] for warning in spoilt["warnings"]]
        assert spoilt["data"]["sha256"] == clean["data"]["sha256"]
        assert spoilt["metrics"] == clean["metrics"]

    @pytest.mark.parametrize("name", BAD)
    def test_is_dropped_from_rows_as_from_columns(
        self, client: FlaskClient, name: str
    ) -> None:
        column, value, _, _ = BAD[name]
        bars = spoiled(column, value)

        columns = client.post("/backtest", json=dropping(bars))
        rows = client.post("/backtest", json=dropping(rows_of(bars)))

        assert rows.status_code == 200
        assert rows.data == columns.data

    @pytest.mark.parametrize("value", ["11", True, [11], {}, 1e200, -1e200])
    def test_is_never_dropped_for_what_json_can_refuse(
        self, client: FlaskClient, value: object
    ) -> None:
        response = client.post("/backtest", json=dropping(spoiled("open", value)))

        assert response.status_code == 422
        assert response.json["errors"][0]["pointer"] == "/bars/open/3"


class TestRowsOutOfOrder:
    def test_are_sorted_and_counted(self, client: FlaskClient) -> None:
        bars = {
            name: [*values[:3], values[4], values[3], *values[5:]]
            for name, values in GOOD.items()
        }

        refused = client.post("/backtest", json=body(bars))
        sorted_ = client.post("/backtest", json=dropping(bars)).json
        clean = client.post("/backtest", json=body(GOOD)).json

        assert refused.json["errors"][0]["pointer"] == "/bars/timestamp/4"
        findings = sorted_["data"]["quality"]["findings"]
        assert findings["unsorted_timestamps"]["count"] == 1
        assert sorted_["data"]["sha256"] == clean["data"]["sha256"]


class TestManyBadRows:
    def test_are_named_up_to_ten(self, client: FlaskClient) -> None:
        days = [f"2024-01-{day:02d}" for day in range(1, 31)]
        prices: list[Any] = [5.0] * 30
        bars = {name: list(prices) for name in ("open", "high", "low", "close")}
        bars["close"][4:19] = [9.0] * 15
        bars["open"][2] = None

        response = client.post("/backtest", json=body({"timestamp": days, **bars}))

        assert [error["pointer"] for error in response.json["errors"]] == [
            "/bars/open/2",
            *(f"/bars/close/{row}" for row in range(4, 13)),
        ]
        assert "drop" in response.json["detail"]

    def test_that_leave_nothing_are_refused(self, client: FlaskClient) -> None:
        bars = GOOD | {"close": [None] * 8}

        columns = client.post("/backtest", json=dropping(bars))
        rows = client.post("/backtest", json=dropping(rows_of(bars)))

        assert columns.status_code == rows.status_code == 422
        assert columns.json["errors"][0]["pointer"] == "/bars/close/0"
        assert rows.json["errors"][0]["pointer"] == "/bars/0/close"


class TestARunWithDroppedRows:
    def test_is_another_than_one_with_other_bad_rows(self, client: FlaskClient) -> None:
        runs = {
            client.post("/backtest", json=dropping(spoiled(column, value))).json[
                "run_id"
            ]
            for column, value, _, _ in BAD.values()
        }

        assert len(runs) == len(BAD)

    def test_can_be_verified(self, recorder: FlaskClient) -> None:
        for bars in (spoiled("close", None), rows_of(spoiled("timestamp", None))):
            run = recorder.post("/backtest", json=dropping(bars)).json

            verified = recorder.get(f"/runs/{run['run_id']}/verify")

            assert verified.status_code == 200
            assert verified.json["outcome"] == "same"

    def test_can_be_judged_and_checked_for_lookahead(
        self, recorder: FlaskClient
    ) -> None:
        request = dropping(spoiled("close", None))

        gate = {"conditions": ["total_pnl > 0"], "policy": "literal"}
        judged = recorder.post("/gate", json=request | {"gate": gate})
        checked = recorder.post("/strategies/validate", json=request)

        assert judged.json["verdict"] == "pass"
        assert checked.json["lookahead_found"] is False
