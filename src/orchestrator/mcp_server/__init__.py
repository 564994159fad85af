"""The door for models: an MCP server over the services, or over a running gate."""

from __future__ import annotations

from orchestrator.mcp_server.server import build_server

__all__ = ["build_server"]
