"""Bodies that must not pass, each with its one fixed answer."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

DEEP = 1_100

UNREADABLE = {
    "empty": b"",
    "white space": b" \n\t ",
    "cut object": b'{"symbol": "SPY"',
    "cut string": b'{"symbol": "SPY',
    "two documents": b"{}{}",
    "trailing comma": b'{"symbol": "SPY",}',
    "single quotes": b"{'symbol': 'SPY'}",
    "bare key": b'{symbol: "SPY"}',
    "comment": b'{"symbol": "SPY"} // mine',
    "byte order mark": b'\xef\xbb\xbf{"symbol": "SPY"}',
    "UTF-16": '{"symbol": "SPY"}'.encode("utf-16"),
    "Latin-1": b'{"symbol": "\xe9"}',
    "overlong UTF-8": b'{"symbol": "\xc0\xaf"}',
    "raw control character": b'{"symbol": "S\x01Y"}',
    "raw NUL": b'{"symbol": "S\x00Y"}',
    "lone high surrogate": rb'{"symbol": "\ud800"}',
    "lone low surrogate": rb'{"symbol": "\udc00"}',
    "lone surrogate as a key": rb'{"\ud800": 1}',
    "key twice": b'{"quantity": 50, "quantity": 1}',
    "key twice, once escaped": rb'{"quantity": 50, "\u0071uantity": 1}',
    "nested key twice": b'{"costs": {"slippage_bps": 0, "slippage_bps": 9}}',
    "arrays too deep": b'{"a":' + b"[" * DEEP + b"]" * DEEP + b"}",
    "objects too deep": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "open arrays without end": b"[" * 100_000,
    "integer of 5,000 digits": b'{"quantity": ' + b"9" * 5_000 + b"}",
    "leading zero": b'{"quantity": 050}',
    "leading plus": b'{"quantity": +50}',
    "hexadecimal": b'{"quantity": 0x32}',
    "bare point": b'{"quantity": .5}',
    "form": b"symbol=SPY",
    "XML": b"<symbol>SPY</symbol>",
    "pickle": b"\x80\x04K\x01.",
    "gzip": b"\x1f\x8b\x08\x00\x00\x00\x00\x00",
}

NOT_FINITE = {
    "NaN": (b'{"initial_cash": NaN}', "/initial_cash"),
    "Infinity": (b'{"quantity": Infinity}', "/quantity"),
    "minus Infinity": (b'{"risk_free_rate": -Infinity}', "/risk_free_rate"),
    "beyond a double": (b'{"initial_cash": 1e999}', "/initial_cash"),
}

INVALID: dict[str, tuple[Any, str]] = {
    "array": ([], ""),
    "string": ("SPY", ""),
    "number": (5, ""),
    "null": (None, ""),
    "true": (True, ""),
    "unknown field": ({"leverage": 2}, "/leverage"),
    "misspelled field": ({"symbl": "SPY"}, "/symbl"),
    "field in capitals": ({"SYMBOL": "SPY"}, "/SYMBOL"),
    "prototype": ({"__proto__": {}}, "/__proto__"),
    "symbol a path": ({"symbol": "../SPY"}, "/symbol"),
    "symbol empty": ({"symbol": ""}, "/symbol"),
    "symbol with a space": ({"symbol": "S PY"}, "/symbol"),
    "symbol with a newline": ({"symbol": "SPY\n"}, "/symbol"),
    "symbol with NUL": ({"symbol": "SPY\x00"}, "/symbol"),
    "symbol of 33": ({"symbol": "A" * 33}, "/symbol"),
    "symbol beginning with a point": ({"symbol": ".SPY"}, "/symbol"),
    "symbol in full width": ({"symbol": "\uff33\uff30\uff39"}, "/symbol"),
    "symbol a number": ({"symbol": 5}, "/symbol"),
    "symbol null": ({"symbol": None}, "/symbol"),
    "symbol an array": ({"symbol": ["SPY"]}, "/symbol"),
    "symbol as SQL": ({"symbol": "A';DROP TABLE runs"}, "/symbol"),
    "source unknown": ({"data_source": "yahoo"}, "/data_source"),
    "source in capitals": ({"data_source": "CSV"}, "/data_source"),
    "cash as a string": ({"initial_cash": "100000"}, "/initial_cash"),
    "cash zero": ({"initial_cash": 0}, "/initial_cash"),
    "cash negative": ({"initial_cash": -1}, "/initial_cash"),
    "cash true": ({"initial_cash": True}, "/initial_cash"),
    "cash null": ({"initial_cash": None}, "/initial_cash"),
    "cash beyond any fortune": ({"initial_cash": 1e300}, "/initial_cash"),
    "cash an integer of 30 digits": ({"initial_cash": 10**30}, "/initial_cash"),
    "cash an object": ({"initial_cash": {"$gt": 0}}, "/initial_cash"),
    "quantity zero": ({"quantity": 0}, "/quantity"),
    "quantity minus zero": ({"quantity": -0.0}, "/quantity"),
    "quantity as a string": ({"quantity": "5"}, "/quantity"),
    "quantity in full width": ({"quantity": "\uff15"}, "/quantity"),
    "quantity an array": ({"quantity": [50]}, "/quantity"),
    "strategy unknown": ({"strategy_type": "magic"}, "/strategy_type"),
    "strategy null": ({"strategy_type": None}, "/strategy_type"),
    "strategy an array": ({"strategy_type": ["a"]}, "/strategy_type"),
    "strategy of a megabyte": ({"strategy_type": "a" * 1_000_000}, "/strategy_type"),
    "parameter unknown": ({"strategy_params": {"fast": 1}}, "/strategy_params/fast"),
    "parameters an array": ({"strategy_params": []}, "/strategy_params"),
    "parameters null": ({"strategy_params": None}, "/strategy_params"),
    "period a word": ({"period": "forever"}, "/period"),
    "period of zero": ({"period": "0d"}, "/period"),
    "period negative": ({"period": "-1y"}, "/period"),
    "period with a space": ({"period": "1 y"}, "/period"),
    "period in full width": ({"period": "\uff11y"}, "/period"),
    "period with a dotted capital I": ({"period": "1\u0130"}, "/period"),
    "period a number": ({"period": 365}, "/period"),
    "period empty": ({"period": ""}, "/period"),
    "period and start": ({"period": "1y", "start": "2020-01-01"}, "/period"),
    "start compact": ({"start": "20200101"}, "/start"),
    "start a week date": ({"start": "2020-W01-1"}, "/start"),
    "start not in the calendar": ({"start": "2021-02-29"}, "/start"),
    "start a number": ({"start": 1577836800}, "/start"),
    "start in year 1": ({"start": "0001-01-01"}, "/start"),
    "start at 24 o'clock": ({"start": "2020-01-01T24:00:00Z"}, "/start"),
    "start after end": ({"start": "2021-01-01", "end": "2020-01-01"}, "/start"),
    "start at end": ({"start": "2021-01-01", "end": "2021-01-01"}, "/start"),
    "fill unknown": ({"fill": "open"}, "/fill"),
    "direction unknown": ({"direction": "up"}, "/direction"),
    "cost unknown": ({"costs": {"fee": 1}}, "/costs/fee"),
    "cost negative": ({"costs": {"slippage_bps": -1}}, "/costs/slippage_bps"),
    "costs an array": ({"costs": []}, "/costs"),
    "sizing rule unknown": ({"sizing": {"rule": "kelly"}}, "/sizing/rule"),
    "risk without a stop": (
        {"sizing": {"rule": "risk_per_trade"}},
        "/exits/stop_loss_pct",
    ),
    "half a bar": (
        {"exits": {"max_holding_bars": 1.5}},
        "/exits/max_holding_bars",
    ),
    "stop of zero": ({"exits": {"stop_loss_pct": 0}}, "/exits/stop_loss_pct"),
    "periods of zero": ({"periods_per_year": 0}, "/periods_per_year"),
    "rate in percent": ({"risk_free_rate": 5}, "/risk_free_rate"),
    "include unknown": ({"include": ["all"]}, "/include/0"),
    "include a string": ({"include": "trades"}, "/include"),
    "include without end": ({"include": ["trades"] * 21}, "/include"),
    "max_points of 1": ({"max_points": 1}, "/max_points"),
    "inline without bars": ({"data_source": "inline"}, "/bars"),
    "bars without inline": (
        {
            "bars": {
                "timestamp": ["2020-01-01"],
                "open": [1],
                "high": [1],
                "low": [1],
                "close": [1],
            }
        },
        "/bars",
    ),
    "bars empty": ({"data_source": "inline", "bars": []}, "/bars"),
    "bars a string": ({"data_source": "inline", "bars": "x"}, "/bars"),
    "csv_path elsewhere": (
        {"data_source": "data_service", "csv_path": "a.csv"},
        "/csv_path",
    ),
    "csv_path a number": ({"csv_path": 5}, "/csv_path"),
    "csv_path empty": ({"csv_path": ""}, "/csv_path"),
    "csv_path of 1,025": ({"csv_path": "a" * 1_025}, "/csv_path"),
    "gate empty": ({"gate": []}, "/gate"),
    "gate a string": ({"gate": "sharpe_ratio > 0.5"}, "/gate"),
    "gate of an unknown metric": ({"gate": ["shape_ratio > 1"]}, "/gate/0"),
    "gate of NaN": ({"gate": ["sharpe_ratio > nan"]}, "/gate/0"),
    "gate of equality": ({"gate": ["sharpe_ratio == 1"]}, "/gate/0"),
    "gate of two": ({"gate": ["sharpe_ratio > 0 > 1"]}, "/gate/0"),
    "gate without conditions": ({"gate": {"policy": "strict"}}, "/gate/conditions"),
    "gate with no trials": (
        {"gate": {"conditions": ["cagr > 1"], "trials": 0}},
        "/gate/trials",
    ),
}


def post(client: FlaskClient, body: bytes) -> Any:
    return client.post("/backtest", data=body, content_type="application/json")


class TestHostileBody:
    @pytest.mark.parametrize("name", UNREADABLE)
    def test_unreadable_is_400(self, client: FlaskClient, name: str) -> None:
        response = post(client, UNREADABLE[name])

        assert response.status_code == 400
        assert response.mimetype == "application/problem+json"
        assert response.json["code"] == "unreadable_body"

    @pytest.mark.parametrize("name", NOT_FINITE)
    def test_number_that_is_not_finite_is_422(
        self, client: FlaskClient, name: str
    ) -> None:
        body, pointer = NOT_FINITE[name]

        response = post(client, body)

        assert response.status_code == 422
        assert [error["pointer"] for error in response.json["errors"]] == [pointer]

    @pytest.mark.parametrize("name", INVALID)
    def test_invalid_is_422_and_names_the_place(
        self, client: FlaskClient, name: str
    ) -> None:
        body, pointer = INVALID[name]

        response = post(client, json.dumps(body).encode())

        assert response.status_code == 422
        assert response.mimetype == "application/problem+json"
        assert response.json["errors"][0]["pointer"] == pointer
        assert response.json["request_id"] == response.headers["X-Request-ID"]
        assert len(response.data) < 8_000

    @pytest.mark.parametrize(
        "content_type",
        [
            None,
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/xml",
            "application/jsonp",
            "text/json",
        ],
    )
    def test_of_another_media_type_is_415(
        self, client: FlaskClient, content_type: str | None
    ) -> None:
        response = client.post("/backtest", data=b"{}", content_type=content_type)

        assert response.status_code == 415
        assert response.json["code"] == "unsupported_media_type"

    def test_names_at_most_fifty_places(self, client: FlaskClient) -> None:
        body = {f"field_{number}": 1 for number in range(150)}

        response = client.post("/backtest", json=body)

        assert response.status_code == 422
        assert len(response.json["errors"]) == 50

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({f"f{n}": 1 for n in range(300_000)}, ""),
            ({"costs": {f"f{n}": 1 for n in range(300_000)}}, "/costs"),
            ({"columns": {f"f{n}": "x" for n in range(300_000)}}, "/columns"),
            ({"gate": {f"f{n}": 1 for n in range(300_000)}}, "/gate"),
        ],
        ids=["body", "costs", "columns", "gate"],
    )
    def test_counts_fields_before_it_names_them(
        self, client: FlaskClient, body: dict[str, Any], pointer: str
    ) -> None:
        """Naming each of 300,000 unknown fields took seconds."""
        response = client.post("/backtest", json=body)

        assert response.status_code == 422
        assert response.json["errors"] == [
            {
                "pointer": pointer,
                "detail": "has 300000 fields, and at most 200 are read",
            }
        ]

    @pytest.mark.parametrize("value", [b"NaN", b"-Infinity", b"1e999"])
    def test_finds_a_late_number_that_is_none_without_reading_all_again(
        self, client: FlaskClient, value: bytes
    ) -> None:
        body = b'{"bars":{"close":[' + b"1," * 1_000_000 + value + b"]}}"

        response = client.post(
            "/backtest", data=body, headers={"Content-Type": "application/json"}
        )

        assert response.status_code in {400, 422}
        assert len(response.data) < 1000

    @pytest.mark.parametrize(
        "body",
        [
            {"gate": {"conditions": ["cagr > 1"], "policy": "a" * 7_000_000}},
            {"strategy_type": "a" * 7_000_000},
            {"advisors": [{"type": "a" * 7_000_000}]},
            {"calendar": "X" * 7_000_000},
        ],
        ids=["policy", "strategy", "hook", "calendar"],
    )
    def test_repeats_no_long_name(
        self, client: FlaskClient, body: dict[str, Any]
    ) -> None:
        response = client.post("/backtest", json=body)

        assert response.status_code == 422
        assert len(response.data) < 2000


def test_there_are_enough_of_them() -> None:
    assert len(UNREADABLE) + len(NOT_FINITE) + len(INVALID) >= 60
