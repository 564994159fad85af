"""Lists of hooks of a request: read, described and refused."""

from __future__ import annotations

import pytest

from orchestrator.errors import InvalidRequestError
from orchestrator.hooks.base import HookKind
from orchestrator.hooks.loading import MAX_HOOKS, list_schema, load_hooks
from orchestrator.hooks.registry import hooks_of


class TestRegistry:
    @pytest.mark.parametrize(
        ("kind", "names"),
        [
            (HookKind.ADVISORS, "regime_filter signal_delay cooldown"),
            (
                HookKind.VALIDATORS,
                "max_position drawdown_guardian daily_loss_limit max_trades",
            ),
            (HookKind.OBSERVERS, "trade_log exposure_log"),
        ],
    )
    def test_holds_the_hooks_of_the_contract(self, kind: HookKind, names: str) -> None:
        assert set(names.split()) <= set(hooks_of(kind))


class TestLoadHooks:
    def test_fills_in_defaults(self) -> None:
        (hook,) = load_hooks(HookKind.ADVISORS, [{"type": "cooldown"}])

        assert hook.params.bars == 5  # type: ignore[attr-defined]

    @pytest.mark.parametrize(
        ("kind", "raw", "pointer"),
        [
            ("advisors", {}, "/advisors"),
            ("advisors", "cooldown", "/advisors"),
            ("advisors", [{"type": "cooldown"}] * (MAX_HOOKS + 1), "/advisors"),
            ("advisors", ["cooldown"], "/advisors/0"),
            ("advisors", [{}], "/advisors/0/type"),
            ("advisors", [{"type": "cooldwn"}], "/advisors/0/type"),
            ("advisors", [{"type": ["cooldown"]}], "/advisors/0/type"),
            ("advisors", [{"type": "max_trades"}], "/advisors/0/type"),
            ("advisors", [{"type": "cooldown", "n": 1}], "/advisors/0/n"),
            ("advisors", [{"type": "cooldown", "params": 3}], "/advisors/0/params"),
            (
                "advisors",
                [{"type": "cooldown"}, {"type": "cooldown", "params": {"bars": 0}}],
                "/advisors/1/params/bars",
            ),
            (
                "advisors",
                [{"type": "cooldown", "params": {"days": 1}}],
                "/advisors/0/params/days",
            ),
            (
                "advisors",
                [{"type": "regime_filter"}],
                "/advisors/0/params/average_bars",
            ),
            (
                "validators",
                [{"type": "max_position"}],
                "/validators/0/params/quantity",
            ),
            ("validators", [{"type": "max_trades"}], "/validators/0/params/entries"),
            (
                "validators",
                [{"type": "max_trades", "params": {"entries": 1, "per": "week"}}],
                "/validators/0/params/per",
            ),
        ],
    )
    def test_points_at_what_it_refuses(
        self, kind: str, raw: object, pointer: str
    ) -> None:
        with pytest.raises(InvalidRequestError) as caught:
            load_hooks(HookKind(kind), raw)

        assert caught.value.places[0].pointer == pointer


class TestListSchema:
    @pytest.mark.parametrize("kind", HookKind)
    def test_tells_hooks_apart_by_their_type(self, kind: HookKind) -> None:
        entries = list_schema(kind)["items"]["oneOf"]

        types = [entry["properties"]["type"]["enum"] for entry in entries]
        assert types == [[name] for name in hooks_of(kind)]
        assert all(entry["description"] for entry in entries)
