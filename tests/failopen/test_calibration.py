"""The worst rows of docs/gate.md in small: worlds without skill, and one with.

The table there is measured over HTTP by ``python -m benchmarks.worlds``.  Here each
world is drawn a few times from fixed seeds; how many may pass is the goal's share with
three Monte Carlo errors, so that a gate that goes wrong is seen and luck is not.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from benchmarks.worlds.worlds import WORLDS, World
from tests.failopen.desk import Desk

DRAWN = 24
WORST = [
    "drift of 8 % a year, 5 of 10 days held",
    "the index of 2009-18, 20 of 22 days held",
    "one jump of 30 % up or down in 300 bars, held",
    "monthly marks drawn as a line, 6 years",
    "small gains and rare crashes, 1 year",
    "AR(1) of 0.3, 5 years, held",
    "power: timing Sharpe 1.5, 5 years",
]


def world(name: str) -> World:
    (found,) = (each for each in WORLDS if each.name == name)
    return found


def passed(desk: Desk, name: str, policy: str, count: int) -> int:
    found = 0
    for seed in range(count):
        chosen = world(name)
        random = np.random.default_rng([seed, WORLDS.index(chosen)])
        for request in chosen.draw(random):
            request["gate"] = {**request["gate"], "policy": policy}
            verdict = desk.judge(request, agent=f"{policy}-{seed}")
            if verdict["verdict"] == "pass":
                found += 1
                break
    return found


@pytest.mark.parametrize("policy", ["standard", "strict"])
@pytest.mark.parametrize("name", WORST)
def test_share_that_passes(desk: Desk, name: str, policy: str) -> None:
    goal = world(name).goal
    percent = getattr(goal, policy)
    if percent is None:
        pytest.skip("it has no goal under this policy")
    share = percent / 100.0
    error = 3.0 * math.sqrt(share * (1.0 - share) / DRAWN)

    found = passed(desk, name, policy, DRAWN) / DRAWN

    if goal.at_least:
        assert found >= share - error
    else:
        assert found <= share + error


@pytest.mark.parametrize("policy", ["standard", "strict"])
def test_the_bounce_between_bid_and_ask_never_passes(desk: Desk, policy: str) -> None:
    """No share: whoever fades it has a real return that nobody could have."""
    name = "minutes with a half-spread of 3 bp, faded"

    assert passed(desk, name, policy, 3) == 0


def test_twenty_ideas_seldom_pass_strict(desk: Desk) -> None:
    name = "twenty ideas, a new agent id and symbol each"

    # Two of six worlds is 33 %: five errors above the goal of 6 %.
    assert passed(desk, name, "strict", 6) < 2
