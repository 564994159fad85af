"""What the ledger remembers, over HTTP; tags and idempotency keys."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from flask.testing import FlaskClient

GATED: dict[str, Any] = {
    "symbol": "SP500",
    "gate": {"conditions": ["max_drawdown_pct < 99"], "policy": "literal"},
}


def headers(agent: str, **more: str) -> dict[str, str]:
    return {"X-Agent-Id": agent, **{k.replace("_", "-"): v for k, v in more.items()}}


class TestRun:
    def test_is_kept_as_it_was_answered(self, recorder: FlaskClient) -> None:
        answer = recorder.post("/backtest", json=GATED, headers=headers("kept"))

        kept = recorder.get(f"/runs/{answer.json['run_id']}")

        assert kept.status_code == 200
        assert kept.data == answer.data

    @pytest.mark.parametrize("run_id", ["0" * 32, "x", "..", "%00", "a" * 500])
    def test_that_never_was_is_a_404(self, recorder: FlaskClient, run_id: str) -> None:
        response = recorder.get(f"/runs/{run_id}")

        assert response.status_code == 404
        assert response.mimetype == "application/problem+json"

    def test_is_verified_on_the_same_data(self, recorder: FlaskClient) -> None:
        body = {
            "symbol": "MINE",
            "data_source": "inline",
            "bars": {
                "timestamp": ["2020-01-01", "2020-01-02"],
                "open": [1, 2],
                "high": [2, 3],
                "low": [1, 2],
                "close": [2, 3],
            },
        }
        run_id = recorder.post("/backtest", json=body).json["run_id"]

        verified = recorder.get(f"/runs/{run_id}/verify").json

        assert verified["outcome"] == "same"
        assert verified["differences"] == []

    def test_of_a_query_is_verified_too(self, recorder: FlaskClient) -> None:
        run_id = recorder.get("/backtest?symbol=SP500&period=2y&quantity=3").json[
            "run_id"
        ]

        assert recorder.get(f"/runs/{run_id}/verify").json["outcome"] == "same"


class TestRuns:
    def test_are_listed_newest_first_in_pages(self, recorder: FlaskClient) -> None:
        for quantity in (1, 2, 3):
            body = {"symbol": "SP500", "quantity": quantity}
            recorder.post("/backtest", json=body, headers=headers("pager"))

        first = recorder.get("/runs?caller=pager&limit=2").json
        cursor = first["next_cursor"]
        second = recorder.get(f"/runs?caller=pager&limit=2&cursor={cursor}").json

        runs = [*first["runs"], *second["runs"]]
        assert len(first["runs"]) == 2
        assert len(second["runs"]) == 1
        assert second["next_cursor"] is None
        sequences = [run["sequence"] for run in runs]
        assert sequences == sorted(sequences, reverse=True)
        assert {run["caller"] for run in runs} == {"pager"}

    def test_are_filtered(self, recorder: FlaskClient) -> None:
        recorder.post("/gate", json=GATED, headers=headers("filtered"))

        found = recorder.get(
            "/runs?caller=filtered&verdict=pass&symbol=SP500&since=2020-01-01"
        ).json
        none = recorder.get("/runs?caller=filtered&verdict=fail").json
        later = recorder.get("/runs?caller=filtered&since=2199-01-01").json

        assert len(found["runs"]) == 1
        assert none["runs"] == later["runs"] == []

    @pytest.mark.parametrize(
        ("query", "pointer"),
        [
            ("limit=0", "/limit"),
            ("limit=501", "/limit"),
            ("limit=ten", "/limit"),
            ("verdict=maybe", "/verdict"),
            ("since=yesterday", "/since"),
            ("colour=red", "/colour"),
            ("cursor=%00", "/cursor"),
            ("cursor=abc", "/cursor"),
        ],
    )
    def test_refuse_a_query(
        self, recorder: FlaskClient, query: str, pointer: str
    ) -> None:
        response = recorder.get(f"/runs?{query}")

        assert response.status_code == 422
        assert response.json["errors"][0]["pointer"] == pointer

    def test_are_exported_as_csv(self, recorder: FlaskClient) -> None:
        recorder.post("/gate", json=GATED, headers=headers("exported"))

        response = recorder.get("/runs.csv?caller=exported")

        assert response.status_code == 200
        assert response.mimetype == "text/csv"
        rows = list(csv.DictReader(io.StringIO(response.text)))
        assert [row["caller"] for row in rows] == ["exported"]

    def test_need_a_ledger(self, client: FlaskClient) -> None:
        for path in ("/runs", "/runs.csv", f"/runs/{'0' * 32}"):
            assert client.get(path).status_code == 503


class TestEtag:
    def test_held_is_a_304_without_a_body(self, recorder: FlaskClient) -> None:
        body = {"symbol": "SP500", "quantity": 7}
        etag = recorder.post("/backtest", json=body).headers["ETag"]

        again = recorder.post(
            "/backtest", json=body, headers={"If-None-Match": f'"x", W/{etag}'}
        )

        assert again.status_code == 304
        assert again.data == b""
        assert again.headers["ETag"] == etag

    def test_of_another_answer_is_not_enough(self, recorder: FlaskClient) -> None:
        for held in ('"x"', "x", "*", "", '"'):
            response = recorder.get("/backtest", headers={"If-None-Match": held})

            assert response.status_code == 200, held


class TestIdempotencyKey:
    def test_gives_the_first_answer_again(self, recorder: FlaskClient) -> None:
        sent = headers("keyed", Idempotency_Key="one")

        first = recorder.post("/backtest", json=GATED, headers=sent)
        again = recorder.post("/backtest", json=GATED, headers=sent)

        assert again.data == first.data
        assert again.headers["ETag"] == first.headers["ETag"]
        assert len(recorder.get("/runs?caller=keyed").json["runs"]) == 1

    def test_is_refused_with_another_body_or_route(self, recorder: FlaskClient) -> None:
        sent = headers("keyed-twice", Idempotency_Key="one")
        recorder.post("/backtest", json=GATED, headers=sent)

        other = recorder.post("/backtest", json={}, headers=sent)
        elsewhere = recorder.post("/gate", json=GATED, headers=sent)

        assert other.status_code == elsewhere.status_code == 422
        assert other.json["code"] == "idempotency_conflict"

    @pytest.mark.parametrize("key", ["", "x" * 256, "a b", "\u00e9"])
    def test_must_be_plain(self, recorder: FlaskClient, key: str) -> None:
        sent = headers("unkeyed", Idempotency_Key=key)

        assert recorder.post("/backtest", json={}, headers=sent).status_code == 422

    def test_needs_a_ledger(self, client: FlaskClient) -> None:
        sent = headers("off", Idempotency_Key="one")

        assert client.post("/backtest", json={}, headers=sent).status_code == 503
