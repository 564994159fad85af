"""Pages as HTML and charts as SVG, by templates; nothing is loaded from elsewhere."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import jinja2
import orjson

if TYPE_CHECKING:
    from orchestrator.reports.home import Home
    from orchestrator.reports.page import Chart, RunReport, Zoom

_FOLDER = "templates"
_UPLOT = "uplot-1.6.32"


def render_run(report: RunReport, *, links: Mapping[str, str] | None = None) -> str:
    """Return the page of a run.

    Parameters
    ----------
    report : RunReport
    links : mapping of str to str, optional
        Addresses by the words they are shown under, where a service serves them.
    """
    return _page(
        "run.html.j2", report=report, links=links or {}, scripts=_scripts(), data=_data
    )


def _data(zoom: Zoom) -> str:
    """Return the numbers of a chart as JSON that no tag can be hidden in."""
    return orjson.dumps(zoom).decode().replace("<", "\\u003c")


def render_home(home: Home) -> str:
    """Return the first page."""
    return _page("home.html.j2", home=home)


def render_chart(chart: Chart) -> str:
    """Return a chart as an SVG document that stands on its own."""
    template = _environment().get_template("chart.svg.j2")
    return template.render(chart=chart, style=_style("chart.css"))


@cache
def content_policy() -> str:
    """Return the Content-Security-Policy: a page's own styles and scripts alone."""
    styles = " ".join(f"'sha256-{_hash(style)}'" for style in _styles())
    scripts = " ".join(f"'sha256-{_hash(script)}'" for script in _scripts())
    return (
        f"default-src 'none'; style-src {styles}; script-src {scripts}; "
        "img-src 'self' data:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def _page(name: str, **values: object) -> str:
    template = _environment().get_template(name)
    return template.render(style=_styles()[0], **values)


def _styles() -> tuple[str, str]:
    plots = _vendored("uPlot.min.css")
    return plots + _style("page.css") + _style("chart.css"), _style("chart.css")


def _scripts() -> tuple[str, str]:
    return _vendored("uPlot.iife.min.js"), _style("zoom.js")


@cache
def _vendored(name: str) -> str:
    folder = resources.files("orchestrator.reports") / "vendor" / _UPLOT
    return folder.joinpath(name).read_text(encoding="utf-8").strip()


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def _style(name: str) -> str:
    folder = resources.files("orchestrator.reports") / _FOLDER
    return folder.joinpath(name).read_text(encoding="utf-8")


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("orchestrator.reports", _FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
