"""A whole session of a model, by the SDK's own client, over both transports."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from typing import Any

import anyio
import orjson
import pytest

from examples.live_server import BIN, Server, free_port, running, stop

pytest.importorskip("mcp", reason="the extra mcp is not installed")

from mcp import Client, MCPError, StdioServerParameters

TOOLS = {
    "judge_signal",
    "backtest",
    "check_strategy",
    "list_catalogue",
    "get_run",
    "explain_verdict",
}
CROSS = {
    "symbol": "SP500",
    "strategy": "sma_cross",
    "params": {"fast": 10, "slow": 50},
    "conditions": ["sharpe_ratio > 0.5", "max_drawdown_pct < 20"],
}
LONGEST = 8_000
"""Characters of 2,000 tokens, at four a token."""


@pytest.fixture(scope="module")
def environ(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("mcp")
    url = f"sqlite:///{folder}/ledger.sqlite3"
    return {**os.environ, "ORCHESTRATOR_DATABASE_URL": url}


@pytest.fixture(scope="module")
def gate() -> Iterator[Server]:
    with running({"WEB_CONCURRENCY": "1"}) as server:
        yield server


@pytest.fixture(scope="module")
def http(environ: dict[str, str]) -> Iterator[str]:
    port = free_port()
    command = [BIN / "orchestrator", "mcp", "--http", "--port", str(port)]
    process = subprocess.Popen(command, env=environ, start_new_session=True)
    try:
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/mcp"
    finally:
        stop(process)


Opened = Callable[[], Any]


@pytest.fixture(params=["stdio", "http", "stdio of a running gate"])
def opened(
    request: pytest.FixtureRequest, environ: dict[str, str]
) -> Callable[[], Any]:
    """Return what opens a session over each transport."""
    arguments = ["mcp"]
    if request.param == "http":
        url = request.getfixturevalue("http")
        return lambda: Client(url)
    if request.param != "stdio":
        arguments += ["--url", request.getfixturevalue("gate").url]
    parameters = StdioServerParameters(
        command=str(BIN / "orchestrator"), args=arguments, env=environ
    )
    return lambda: Client(parameters)


def text_of(result: Any) -> str:
    (content,) = result.content
    return str(content.text)


def test_a_whole_session(opened: Opened) -> None:
    async def session() -> None:
        async with opened() as client:
            listed = await client.list_tools()
            assert {tool.name for tool in listed.tools} == TOOLS
            size = len(
                orjson.dumps([tool.model_dump(mode="json") for tool in listed.tools])
            )
            assert size < 16_000, "a model pays for every tool it is shown"

            verdict = await client.call_tool("judge_signal", CROSS)
            fields = verdict.structured_content
            assert not verdict.is_error
            assert fields["verdict"] == "fail"
            assert text_of(verdict).startswith("FAIL by policy standard, version")
            assert "Do not act" in text_of(verdict)

            refused = await client.call_tool(
                "judge_signal", {**CROSS, "params": {"fst": 10}}
            )
            assert refused.is_error
            assert "fast" in text_of(refused)

            run = await client.call_tool("get_run", {"run_id": fields["run_id"]})
            why = await client.call_tool(
                "explain_verdict", {"run_id": fields["run_id"]}
            )
            assert run.structured_content["verdict"] == "fail"
            assert len(why.structured_content["conditions"]) == 2
            for answer in (verdict, run, why):
                assert len(text_of(answer)) + size_of(answer) < LONGEST

            report = await client.read_resource(
                f"gate://runs/{fields['run_id']}/report"
            )
            assert "<!DOCTYPE html>" in report.contents[0].text

    anyio.run(session)


@pytest.fixture
def local(environ: dict[str, str]) -> Opened:
    parameters = StdioServerParameters(
        command=str(BIN / "orchestrator"), args=["mcp"], env=environ
    )
    return lambda: Client(parameters)


def size_of(answer: Any) -> int:
    return len(orjson.dumps(answer.structured_content))


def test_signals_of_a_model_are_judged(local: Opened) -> None:
    async def session() -> None:
        async with local() as client:
            answer = await client.call_tool(
                "judge_signal",
                {
                    "symbol": "SP500",
                    "signals": ["2001-03-01 buy", "2003-03-03T10:00:00Z BUY"],
                    "hold_bars": 20,
                    "conditions": ["total_return_pct > 0"],
                },
            )
            assert not answer.is_error, text_of(answer)
            fields = answer.structured_content
            assert fields["verdict"] != "pass"
            run = await client.call_tool("get_run", {"run_id": fields["run_id"]})
            assert run.structured_content["metrics"]["closed_trades"] == 2.0

    anyio.run(session)


def test_each_error_says_what_to_do(local: Opened) -> None:
    cases: list[tuple[str, dict[str, Any], str]] = [
        ("judge_signal", {**CROSS, "symbol": "../x"}, "symbol"),
        ("judge_signal", {**CROSS, "policy": "lax"}, "standard"),
        ("judge_signal", {**CROSS, "conditions": ["sharp > 1"]}, "sharpe_ratio"),
        ("judge_signal", {**CROSS, "conditions": []}, "conditions"),
        ("judge_signal", {**CROSS, "strategey": "x"}, "strategey"),
        ("judge_signal", {**CROSS, "signals": ["2020-01-02 buy"]}, "leave one"),
        (
            "judge_signal",
            {"symbol": "SP500", "signals": ["soon"], "conditions": ["cagr > 1"]},
            "2024-03-01 buy",
        ),
        ("backtest", {"symbol": "SP500", "strategy": "sma_crosss"}, "sma_cross"),
        ("check_strategy", {"symbol": "SP500", "strategy": "rules"}, "strategy_params"),
        ("get_run", {"run_id": "0" * 32}, "run_not_found"),
        ("list_catalogue", {"kind": "spells"}, "strategies"),
    ]

    async def session() -> None:
        async with local() as client:
            for name, arguments, said in cases:
                answer = await client.call_tool(name, arguments)
                assert answer.is_error, (name, arguments)
                assert said in text_of(answer), text_of(answer)
                assert "Traceback" not in text_of(answer)

    anyio.run(session)


def test_every_catalogue_is_short(local: Opened) -> None:
    async def session() -> None:
        async with local() as client:
            for kind in ("strategies", "metrics", "evidence", "policies", "data"):
                answer = await client.call_tool("list_catalogue", {"kind": kind})
                assert not answer.is_error, text_of(answer)
                assert answer.structured_content["entries"]
                assert size_of(answer) < LONGEST
            found = await client.call_tool(
                "list_catalogue", {"kind": "metrics", "search": "drawdown"}
            )
            names = [each["name"] for each in found.structured_content["entries"]]
            assert "max_drawdown_pct" in names
            assert "cagr" not in names

    anyio.run(session)


def test_a_run_without_conditions_has_no_verdict_to_explain(local: Opened) -> None:
    async def session() -> None:
        async with local() as client:
            run = await client.call_tool(
                "backtest", {"symbol": "SP500", "strategy": "trend_filter"}
            )
            assert "No verdict" in text_of(run)
            fields = run.structured_content
            assert fields["metrics"]["sharpe_ratio"] != 0.0
            why = await client.call_tool(
                "explain_verdict", {"run_id": fields["run_id"]}
            )
            assert why.is_error
            assert "judge_signal" in text_of(why)

    anyio.run(session)


def test_resources_and_prompts(local: Opened) -> None:
    async def session() -> None:
        async with local() as client:
            policies = await client.read_resource("gate://policies")
            assert orjson.loads(policies.contents[0].text)["default"] == "standard"
            strategy = await client.read_resource("gate://strategies/sma_cross")
            schema = orjson.loads(strategy.contents[0].text)
            assert set(schema["parameters"]["properties"]) == {"fast", "slow"}
            with pytest.raises(MCPError):
                await client.read_resource("gate://strategies/none")
            prompts = await client.list_prompts()
            assert {each.name for each in prompts.prompts} == {
                "gate_a_signal",
                "explain_a_refusal",
            }
            asked = await client.get_prompt(
                "gate_a_signal", {"symbol": "SPY", "signal": "insiders buy"}
            )
            assert "insiders buy" in asked.messages[0].content.text

    anyio.run(session)


def test_the_server_says_when_to_act(local: Opened) -> None:
    async def session() -> None:
        async with local() as client:
            assert "Act on the verdict `pass` alone" in client.instructions

    anyio.run(session)


def test_a_service_that_is_not_there_is_said_in_one_line() -> None:
    async def session() -> None:
        parameters = StdioServerParameters(
            command=str(BIN / "orchestrator"),
            args=["mcp", "--url", "http://127.0.0.1:9"],
            env=dict(os.environ),
        )
        async with Client(parameters) as client:
            answer = await client.call_tool("judge_signal", CROSS)
            assert answer.is_error
            assert "there is no service at http://127.0.0.1:9" in text_of(answer)

    anyio.run(session)
