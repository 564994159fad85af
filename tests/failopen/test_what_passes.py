"""The request that every other is one change away from."""

from __future__ import annotations

import pytest

from tests.failopen.desk import BODIES, POLICIES, Desk, asked, reasons


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("door", BODIES)
def test_the_edge_passes(desk: Desk, door: str, policy: str) -> None:
    request = asked()
    request["gate"]["policy"] = policy

    verdict = BODIES[door](desk.client, request)

    assert verdict.get("verdict") == "pass", reasons(verdict)
