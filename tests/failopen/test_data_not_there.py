"""Bars that are not there, or are another symbol's: never a pass.

Each symbol is asked for by a request that any run meets, so that only what the bars
are can stand in its way.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from orchestrator.settings import SettingsError
from tests.failopen.desk import (
    BODIES,
    DOORS,
    POLICIES,
    Desk,
    asked,
    desk_at,
    edge,
    reasons,
)

LOOSE = ["sharpe_ratio > -9", "max_drawdown_pct < 99"]


def held(**changed: Any) -> dict[str, Any]:
    gate = {"conditions": LOOSE, **changed.pop("gate", {})}
    return {"symbol": "TSLAA", "gate": gate, **changed}


class TestTheSample:
    @pytest.mark.parametrize("policy", POLICIES)
    @pytest.mark.parametrize("symbol", ["TSLAA", "^NONE", "NO/NE", "SPY", "7203.X"])
    @pytest.mark.parametrize("door", BODIES)
    def test_passes_under_no_policy(
        self, desk: Desk, door: str, symbol: str, policy: str
    ) -> None:
        request = held(symbol=symbol, gate={"policy": policy})

        verdict = BODIES[door](desk.client, request)

        assert verdict["verdict"] == "insufficient_evidence"
        assert "<SYMBOL>.csv" in reasons(verdict)

    @pytest.mark.parametrize("symbol", ["TSLAA", "^NONE"])
    def test_does_not_pass_by_query(self, desk: Desk, symbol: str) -> None:
        verdict = DOORS["GET /backtest"](desk.client, held(symbol=symbol))

        assert verdict["verdict"] == "insufficient_evidence"

    @pytest.mark.parametrize("door", DOORS)
    def test_is_not_there_where_the_operator_says_so(
        self, folder: Path, door: str
    ) -> None:
        desk = desk_at(folder, sample_data=False)

        problem = DOORS[door](desk.client, held())

        assert problem["status"] == 404
        assert "ORCHESTRATOR_DATA_DIR" in problem["detail"]

    def test_is_no_benchmark(self, desk: Desk) -> None:
        problem = BODIES["POST /gate"](desk.client, asked(benchmark="TSLAA"))

        assert problem["status"] == 404
        assert "the benchmark TSLAA" in problem["detail"]
        assert "21 bars" not in problem["detail"]


class TestAFileThatIsGone:
    @pytest.mark.parametrize("door", BODIES)
    def test_is_no_pass_though_it_was_read_before(self, desk: Desk, door: str) -> None:
        request = asked()
        assert BODIES[door](desk.client, request)["verdict"] == "pass"
        (desk.folder / "EDGE.csv").unlink()

        verdict = BODIES[door](desk.client, request)

        assert verdict.get("verdict") != "pass"

    @pytest.mark.parametrize("door", BODIES)
    def test_its_folder_gone_is_said(self, desk: Desk, door: str) -> None:
        assert BODIES[door](desk.client, asked())["verdict"] == "pass"
        shutil.rmtree(desk.folder)

        problem = BODIES[door](desk.client, asked())

        assert problem["code"] == "data_folder_unavailable"
        assert problem["status"] == 503

    def test_its_folder_empty_is_the_sample(self, desk: Desk) -> None:
        for path in desk.folder.iterdir():
            path.unlink()

        assert desk.judge(asked())["verdict"] != "pass"

    def test_a_folder_that_is_not_there_stops_the_start(self, tmp_path: Path) -> None:
        (tmp_path / "data").mkdir()
        desk_at(tmp_path / "data")

        with pytest.raises(SettingsError, match="ORCHESTRATOR_DATA_DIR"):
            desk_at(tmp_path / "nowhere")

    @pytest.mark.skipif(os.geteuid() == 0, reason="root reads every folder")
    def test_a_closed_subfolder_may_hold_it(self, desk: Desk) -> None:
        (desk.folder / "closed").mkdir()
        (desk.folder / "closed").chmod(0)

        problem = desk.judge(held())

        assert problem["code"] == "data_folder_unavailable"

    def test_replaced_by_removing_and_moving_is_one_or_the_other(
        self, desk: Desk
    ) -> None:
        other = edge()
        other["close"] = other["open"] = 100.0
        other["high"] = other["low"] = 100.0
        new = desk.folder / "new.tmp"
        verdicts = []
        for round_ in range(20):
            (edge() if round_ % 2 else other).to_csv(new, index=False)
            (desk.folder / "EDGE.csv").unlink()
            verdicts.append(desk.judge(asked())["verdict"])  # it is not there now
            new.replace(desk.folder / "EDGE.csv")

        assert "pass" not in verdicts


class TestAnotherSymbolsFile:
    @pytest.mark.parametrize("policy", ["standard", "strict"])
    @pytest.mark.parametrize("symbol", ["OTHER", "EDGES", "EDGE2", "^EDGE1"])
    @pytest.mark.parametrize("door", BODIES)
    def test_is_insufficient(
        self, desk: Desk, door: str, symbol: str, policy: str
    ) -> None:
        request = asked(symbol=symbol, csv_path="EDGE.csv")
        request["gate"]["policy"] = policy

        verdict = BODIES[door](desk.client, request)

        assert verdict["verdict"] == "insufficient_evidence"
        assert "symbol_differs" in verdict.get("warning_codes", ["symbol_differs"])

    def test_is_insufficient_when_the_file_says_so_itself(self, desk: Desk) -> None:
        desk.put(edge().assign(symbol="MSFT"))

        assert desk.judge(asked())["verdict"] == "insufficient_evidence"

    def test_has_the_trials_of_the_file(self, desk: Desk) -> None:
        for number, symbol in enumerate(["ONE", "TWO", "THREE"], start=1):
            days = {"hold_bars": number}
            request = asked(symbol=symbol, csv_path="EDGE.csv")
            request["strategy_params"] |= days
            body = desk.client.post("/backtest", json=request).json

            assert body is not None
            assert body["evidence"]["trials"] == number


class TestBarsOfTheFuture:
    @pytest.mark.parametrize("policy", POLICIES)
    @pytest.mark.parametrize("year", [2031, 2150, 2199])
    @pytest.mark.parametrize("door", BODIES)
    def test_pass_under_no_policy(
        self, desk: Desk, door: str, year: int, policy: str
    ) -> None:
        frame = edge(end=pd.Timestamp(f"{year}-06-01"))
        desk.put(frame)
        request = asked(frame)
        request["gate"]["policy"] = policy

        verdict = BODIES[door](desk.client, request)

        assert verdict["verdict"] != "pass"

    def test_pass_not_either_where_one_bar_is(self, desk: Desk) -> None:
        frame = edge()
        frame.loc[len(frame) - 1, "timestamp"] = "2190-01-02"
        desk.put(frame)

        verdict = desk.judge(asked(frame))

        assert verdict["verdict"] == "insufficient_evidence"
        assert "future_bars" in verdict["warning_codes"]
