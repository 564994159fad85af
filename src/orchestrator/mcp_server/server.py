"""The MCP server: tools by intent, resources, prompts."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from typing import Annotated, Any

import anyio
import orjson
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ToolError
from mcp.types import CallToolResult, TextContent, ToolAnnotations
from pydantic import Field

from orchestrator.clients.client import Client
from orchestrator.clients.failures import ServiceError
from orchestrator.errors import OrchestratorError
from orchestrator.mcp_server.answers import (
    ModelAnswer,
    catalogue_answer,
    check_answer,
    explanation,
    run_answer,
    verdict_answer,
)
from orchestrator.mcp_server.requests import Catalogue, body_of, entries_of

SECONDS = 25.0
"""How long one answer may take."""

INSTRUCTIONS = (
    "Ask this server before you act on a trading signal: it runs the strategy over "
    "past bars and judges it. Act on the verdict `pass` alone; `fail` and "
    "`insufficient_evidence` both mean do not act. Every distinct try on the same data "
    "is counted and makes a pass harder, so ask what you would act on, once, rather "
    "than searching for what passes. Metrics that are undefined are absent. "
    "Percentages are percent (12.5 means 12.5 %)."
)

Symbol = Annotated[str, Field(description="What is traded, such as SPY")]
Strategy = Annotated[
    str, Field(description="A strategy of list_catalogue, such as sma_cross")
]
Params = Annotated[
    dict[str, Any] | None,
    Field(description="Its parameters; gate://strategies/{type} has their schema"),
]
Signals = Annotated[
    list[str] | None,
    Field(
        description="Your own signals instead of a strategy, each a time and a side: "
        "'2024-03-01 buy', '2024-04-01T14:30:00Z sell'"
    ),
]
HoldBars = Annotated[
    int | None, Field(description="With signals: bars until a position is closed")
]
Conditions = Annotated[
    list[str],
    Field(description="What must hold, such as 'sharpe_ratio > 0.5'"),
]
Policy = Annotated[
    str | None, Field(description="Which rules judge; leave it out for the default")
]
Start = Annotated[str | None, Field(description="First day, such as 2015-01-01")]
End = Annotated[str | None, Field(description="Day after the last")]
Source = Annotated[str | None, Field(description="csv or data_service")]
Costs = Annotated[
    float | None, Field(description="Commission in basis points of each trade's value")
]
RunId = Annotated[str, Field(description="The run_id of an answer")]
_READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)
_COUNTS = ToolAnnotations(
    read_only_hint=False, destructive_hint=False, open_world_hint=False
)


def build_server(client: Client) -> MCPServer:
    """Return the server over a client of the service."""
    server = MCPServer(
        "backtest-gate",
        title="Backtest gate",
        version=version("quant-orchestrator"),
        instructions=INSTRUCTIONS,
        log_level="WARNING",
    )
    _add_asking(server, client)
    _add_looking(server, client)
    _add_resources(server, client)
    _add_prompts(server)
    for tool in server._tool_manager.list_tools():
        _refuse_unknown_arguments(tool)
    return server


def _refuse_unknown_arguments(tool: Any) -> None:
    """Have a tool refuse what it does not know, rather than leave it out."""
    model = tool.fn_metadata.arg_model
    model.model_config["extra"] = "forbid"
    model.model_rebuild(force=True)
    tool.parameters["additionalProperties"] = False


def _add_asking(server: MCPServer, client: Client) -> None:
    @server.tool(annotations=_COUNTS)
    async def judge_signal(  # noqa: PLR0913, PLR0917 -- flat, for a model
        symbol: Symbol,
        conditions: Conditions,
        strategy: Strategy = "signals",
        params: Params = None,
        signals: Signals = None,
        hold_bars: HoldBars = None,
        policy: Policy = None,
        start: Start = None,
        end: End = None,
        data_source: Source = None,
        commission_bps: Costs = None,
    ) -> CallToolResult:
        """May this signal be acted on? Judges it and records the decision.

        Give your own signals, or a strategy with its parameters, and the conditions
        that must hold. Counts as a trial on that data. Act on `pass` alone.
        """
        given = {
            "symbol": symbol,
            "conditions": conditions,
            "strategy": strategy,
            "params": params,
            "signals": signals,
            "hold_bars": hold_bars,
            "policy": policy,
            "start": start,
            "end": end,
            "data_source": data_source,
            "commission_bps": commission_bps,
        }
        return await _told(lambda: verdict_answer(client.verdict(body_of(given))))

    @server.tool(annotations=_COUNTS)
    async def backtest(  # noqa: PLR0913, PLR0917 -- flat, for a model
        symbol: Symbol,
        strategy: Strategy = "buy_and_hold",
        params: Params = None,
        signals: Signals = None,
        hold_bars: HoldBars = None,
        start: Start = None,
        end: End = None,
        data_source: Source = None,
        commission_bps: Costs = None,
    ) -> CallToolResult:
        """Run a strategy over past bars and return its key metrics, without a verdict.

        Counts as a trial on that data, as judging does.
        """
        given = {
            "symbol": symbol,
            "strategy": strategy,
            "params": params,
            "signals": signals,
            "hold_bars": hold_bars,
            "start": start,
            "end": end,
            "data_source": data_source,
            "commission_bps": commission_bps,
        }
        return await _told(lambda: run_answer(client.backtest(body_of(given))))

    @server.tool(annotations=_READS)
    async def check_strategy(  # noqa: PLR0917 -- flat, for a model
        symbol: Symbol,
        strategy: Strategy,
        params: Params = None,
        start: Start = None,
        end: End = None,
        data_source: Source = None,
    ) -> CallToolResult:
        """Check a strategy's parameters, and whether it looks ahead. Is no trial."""
        given = {
            "symbol": symbol,
            "strategy": strategy,
            "params": params,
            "start": start,
            "end": end,
            "data_source": data_source,
        }
        return await _told(lambda: check_answer(client.checked(body_of(given))))


def _add_looking(server: MCPServer, client: Client) -> None:
    @server.tool(annotations=_READS)
    async def list_catalogue(
        kind: Annotated[Catalogue, Field(description="What to list")],
        search: Annotated[str, Field(description="Only entries that hold this")] = "",
    ) -> CallToolResult:
        """List what may be named: strategies, metrics, evidence, policies or data."""
        return await _told(
            lambda: catalogue_answer(kind, entries_of(kind, client), search)
        )

    @server.tool(annotations=_READS)
    async def get_run(run_id: RunId) -> CallToolResult:
        """Return a recorded run: key metrics, warnings, the verdict if it has one."""
        return await _told(lambda: run_answer(client.run(run_id)))

    @server.tool(annotations=_READS)
    async def explain_verdict(run_id: RunId) -> CallToolResult:
        """Explain a verdict: each condition, what its figure means, the evidence."""

        def explained() -> ModelAnswer:
            answer = client.run(run_id)
            if "gate" not in answer:
                raise ServiceError(
                    f"run {run_id} has no verdict: it was asked without conditions; "
                    "judge_signal gives one",
                    "validation_error",
                )
            return explanation(answer)

        return await _told(explained)


def _add_resources(server: MCPServer, client: Client) -> None:
    @server.resource("gate://policies", mime_type="application/json")
    async def policies() -> str:
        """Return the policies a gate may name, with every rule."""
        return await _read(lambda: orjson.dumps(client.policies()).decode())

    @server.resource("gate://strategies/{type}", mime_type="application/json")
    async def strategy(type: str) -> str:
        """Return one strategy with the JSON Schema of its parameters."""

        def found() -> str:
            known = {one["name"]: one for one in client.strategies()["strategies"]}
            if type not in known:
                raise ServiceError(
                    f"{type[:60]!r} is no strategy; there are {', '.join(known)}"
                )
            return orjson.dumps(known[type]).decode()

        return await _read(found)

    @server.resource("gate://runs/{run_id}/report", mime_type="text/html")
    async def report(run_id: str) -> str:
        """Return the report of a run, a page for people."""
        return await _read(lambda: client.report(run_id))


def _add_prompts(server: MCPServer) -> None:
    @server.prompt(title="Gate a signal")
    def gate_a_signal(symbol: str, signal: str) -> str:
        """Ask whether a signal may be acted on."""
        return (
            f"A signal fired on {symbol}: {signal}. Find out with judge_signal, under "
            "the default policy, whether acting on such signals would have been "
            "profitable: give the past times at which it fired as signals, with the "
            "conditions 'sharpe_ratio > 0.5' and 'max_drawdown_pct < 20'. Judge once. "
            "Act on `pass` alone; else say why not, from the reasons."
        )

    @server.prompt(title="Explain a refusal")
    def explain_a_refusal(run_id: str) -> str:
        """Explain to a person why a signal was not let through."""
        return (
            f"Use explain_verdict on run {run_id} and say in three sentences, for "
            "someone who is no statistician: what was asked, what kept it from "
            "passing, and what would have to be different. Do not propose to search "
            "for parameters that pass: each try is counted."
        )


async def _told(ask: Callable[[], ModelAnswer]) -> CallToolResult:
    """Return an answer as a line and its fields; an error as text with its cure."""
    try:
        answer = await anyio.to_thread.run_sync(ask)
    except (OrchestratorError, ServiceError) as error:
        raise ToolError(f"{error.code}: {error.detail}") from error
    return CallToolResult(
        content=[TextContent(type="text", text=answer.line)],
        structured_content=answer.fields,
    )


async def _read(ask: Callable[[], str]) -> str:
    try:
        return await anyio.to_thread.run_sync(ask)
    except (OrchestratorError, ServiceError) as error:
        raise ResourceError(f"{error.code}: {error.detail}") from error
