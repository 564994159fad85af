"""The command line: ask for runs and verdicts, look into data and record, operate."""

from orchestrator.cli import asking as _asking
from orchestrator.cli import looking as _looking
from orchestrator.cli import serving as _serving
from orchestrator.cli.operating import main as main

main.add_command(_asking.backtest)
main.add_command(_asking.gate)
main.add_command(_looking.runs)
main.add_command(_looking.data)
main.add_command(_looking.policies)
main.add_command(_looking.strategies)
main.add_command(_serving.report)
main.add_command(_serving.mcp)

__all__ = ["main"]
