"""Under an operator's policy the data is the operator's too."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.failopen.desk import (
    BODIES,
    Desk,
    asked,
    desk_at,
    edge,
    inline,
    reasons,
    under_floor,
)

FLOORS = {
    "a floor that ships": 'floor = "standard"',
    "a floor of the operator's": (
        'floor = "desk"\n[policies.desk]\nversion = "1"\nextends = "standard"\n'
    ),
    "files alone": (
        'floor = "desk"\n[policies.desk]\nversion = "1"\nextends = "standard"\n'
        'sources = ["csv"]\n'
    ),
}
NAMED = FLOORS["files alone"].replace('["csv"]', '["csv", "inline", "uploaded"]')


def upload(desk: Desk, symbol: str, agent: str, *, replace: bool = False) -> None:
    response = desk.client.post(
        f"/data/csv?symbol={symbol}&replace={str(replace).lower()}",
        data=edge().to_csv(index=False).encode(),
        content_type="text/csv",
        headers={"X-Agent-Id": agent},
    )
    assert response.status_code == 201, response.json


class TestBarsInTheRequest:
    @pytest.mark.parametrize("floor", FLOORS)
    @pytest.mark.parametrize("door", BODIES)
    def test_do_not_pass_a_floor(self, folder: Path, door: str, floor: str) -> None:
        desk = under_floor(folder, FLOORS[floor])
        request = asked(data_source="inline", bars=inline(edge()))

        verdict = BODIES[door](desk.client, request)

        assert verdict["verdict"] == "insufficient_evidence"
        assert "the caller's own (inline)" in reasons(verdict)

    @pytest.mark.parametrize("floor", ["", NAMED])
    def test_pass_without_one_or_where_it_names_them(
        self, folder: Path, floor: str
    ) -> None:
        desk = under_floor(folder, floor)
        request = asked(data_source="inline", bars=inline(edge()))

        assert desk.judge(request)["verdict"] == "pass"


class TestUploads:
    @pytest.mark.parametrize("floor", FLOORS)
    @pytest.mark.parametrize("path", [None, "uploads/MINE.csv"])
    def test_do_not_pass_a_floor(
        self, folder: Path, floor: str, path: str | None
    ) -> None:
        desk = under_floor(folder, FLOORS[floor], uploads=True)
        upload(desk, "MINE", "a")

        verdict = desk.judge(asked(symbol="MINE", csv_path=path))

        assert verdict["verdict"] == "insufficient_evidence"
        assert "the caller's own (uploaded)" in reasons(verdict)

    def test_as_a_benchmark_do_not_pass_a_floor(self, folder: Path) -> None:
        desk = under_floor(folder, FLOORS["a floor that ships"], uploads=True)
        desk.put(edge())
        upload(desk, "MINE", "a")

        verdict = desk.judge(asked(benchmark="MINE"))

        assert verdict["verdict"] == "insufficient_evidence"
        assert "uploaded" in reasons(verdict)

    def test_of_another_caller_change_no_verdict(self, folder: Path) -> None:
        desk = desk_at(folder, uploads=True)
        flat = edge()
        for name in ("open", "high", "low", "close"):
            flat[name] = 100.0
        desk.put(flat, "FLAT.csv")
        before = desk.judge(asked(symbol="FLAT"), "victim")["verdict"]

        problem = desk.client.post(
            "/data/csv?symbol=FLAT&replace=true",
            data=edge().to_csv(index=False).encode(),
            content_type="text/csv",
            headers={"X-Agent-Id": "rogue"},
        )

        assert problem.status_code == 422
        assert before == desk.judge(asked(symbol="FLAT"), "victim")["verdict"] != "pass"

    def test_are_seen_by_their_caller_alone(self, folder: Path) -> None:
        desk = desk_at(folder, uploads=True)
        upload(desk, "MINE", "owner")

        assert desk.judge(asked(symbol="MINE"), "owner")["verdict"] == "pass"
        assert desk.judge(asked(symbol="MINE"), "other")["verdict"] != "pass"

    def test_are_not_replaced_by_another(self, folder: Path) -> None:
        desk = desk_at(folder, uploads=True)
        upload(desk, "MINE", "owner")
        verdict = desk.judge(asked(symbol="MINE"), "owner")

        upload(desk, "MINE", "other", replace=True)

        again = desk.judge(asked(symbol="MINE"), "owner")
        assert again["run_id"] == verdict["run_id"]
