"""A verdict is its policy's: what was said under another is not said again."""

from __future__ import annotations

import pytest

from tests.failopen.desk import Desk, asked, edge, under_floor

KEY = {"Idempotency-Key": "once"}


def literal(**gate: object) -> dict[str, object]:
    return asked(
        symbol="WALK",
        strategy_type="sma_cross",
        strategy_params={"fast": 5, "slow": 20},
        gate={"conditions": ["sharpe_ratio > -9"], **gate},
    )


@pytest.fixture
def walking(desk: Desk) -> Desk:
    desk.put(edge(), "WALK.csv")
    return desk


@pytest.mark.parametrize("path", ["/gate", "/backtest"])
def test_under_a_floor_that_came_later_it_is_refused(walking: Desk, path: str) -> None:
    request = literal(policy="literal")
    first = walking.client.post(path, json=request, headers=KEY)
    assert '"pass"' in first.text

    floored = under_floor(walking.folder, 'floor = "strict"')
    again = floored.client.post(path, json=request, headers=KEY)

    assert again.status_code == 422
    assert again.json is not None
    assert again.json["code"] == "policy_too_lax"


@pytest.mark.parametrize("path", ["/gate", "/backtest"])
def test_by_a_default_that_changed_it_is_judged_anew(walking: Desk, path: str) -> None:
    lax = under_floor(walking.folder, 'default = "literal"')
    first = lax.client.post(path, json=literal(), headers=KEY)
    assert '"pass"' in first.text

    strict = under_floor(walking.folder, 'default = "strict"')
    again = strict.client.post(path, json=literal(), headers=KEY)

    assert '"verdict":"pass"' not in again.text
    assert '"insufficient_evidence"' in again.text


def test_by_rules_that_changed_it_is_judged_anew(walking: Desk) -> None:
    rules = '[policies.desk]\nversion = "1"\nextends = "literal"\n'
    first = under_floor(walking.folder, rules).client.post(
        "/gate", json=literal(policy="desk"), headers=KEY
    )
    assert '"pass"' in first.text

    stricter = under_floor(walking.folder, rules + "enforced = true\n")
    again = stricter.client.post("/gate", json=literal(policy="desk"), headers=KEY)

    assert '"verdict":"insufficient_evidence"' in again.text


def test_by_the_same_rules_it_is_the_first_answer(walking: Desk) -> None:
    first = walking.client.post("/gate", json=literal(), headers=KEY)
    walking.client.post("/gate", json=asked())

    again = walking.client.post("/gate", json=literal(), headers=KEY)

    assert again.data == first.data


@pytest.mark.parametrize("floor", ["standard", "strict"])
def test_a_recorded_pass_shows_its_refusal_first(walking: Desk, floor: str) -> None:
    request = literal(policy="literal")
    run_id = walking.judge(request)["run_id"]

    floored = under_floor(walking.folder, f'floor = "{floor}"')
    answer = floored.client.get(f"/runs/{run_id}").json

    assert answer is not None
    assert answer["refused"].startswith("policy 'literal' is laxer than the floor")
    assert answer["gate"]["verdict"] == "insufficient_evidence"
    assert answer["gate"]["recorded_verdict"] == "pass"
    assert answer["gate"]["reasons"][0] == answer["refused"]


def test_a_recorded_pass_by_an_allowed_policy_is_given_as_it_was(desk: Desk) -> None:
    run_id = desk.judge(asked())["run_id"]
    before = desk.client.get(f"/runs/{run_id}").data

    floored = under_floor(desk.folder, 'floor = "literal"')

    assert floored.client.get(f"/runs/{run_id}").data == before


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('default = "literal"', 'default = "strict"'),
        (
            '[policies.standard]\nversion = "a"\nextends = "standard"\nmin_years = 2\n',
            '[policies.standard]\nversion = "a"\nextends = "standard"\nmin_years = 9\n',
        ),
    ],
)
def test_a_tag_of_another_policys_answer_is_held_no_more(
    walking: Desk, before: str, after: str
) -> None:
    """A 304 would say that the verdict the caller holds is today's."""
    first = under_floor(walking.folder, before).client.post("/backtest", json=literal())
    held = {"If-None-Match": first.headers["ETag"]}
    same = under_floor(walking.folder, before).client.post(
        "/backtest", json=literal(), headers=held
    )
    assert same.status_code == 304

    again = under_floor(walking.folder, after).client.post(
        "/backtest", json=literal(), headers=held
    )

    assert again.status_code == 200
    assert again.headers["ETag"] != first.headers["ETag"]
