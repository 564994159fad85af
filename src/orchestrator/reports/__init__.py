"""Reports: what a run came to, as a page that stands on its own.

`page` is the model, `build` fills it from a run, `render` writes it as HTML.
"""

from __future__ import annotations

from orchestrator.reports.build import Recorded, Rerun, run_report
from orchestrator.reports.page import Chart, RunReport
from orchestrator.reports.render import (
    content_policy,
    render_chart,
    render_home,
    render_run,
)

__all__ = [
    "Chart",
    "Recorded",
    "Rerun",
    "RunReport",
    "content_policy",
    "render_chart",
    "render_home",
    "render_run",
    "run_report",
]
