"""Findings in words: what an answer's ``warnings`` say about its bars."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.loaders.checks.quality import DROP_KINDS
from orchestrator.spec import Finding, Notice, Quality

SUSPICIONS = {
    "missing_sessions": "sessions of {calendar} have no bar",
    "off_calendar_bars": "bars lie on days without a session of {calendar}",
    "zero_volume": "bars have no volume",
    "stale_closes": "bars repeat the close before them",
    "extreme_returns": "returns lie beyond 8 median absolute deviations",
    "unadjusted_splits": "opens look like splits that prices are not adjusted for",
    "mixed_spacing": "bars are spaced unlike the rest",
    "future_bars": "bars are labelled later than now",
}


def quality_notices(quality: Quality) -> Iterator[Notice]:
    """Yield a notice for rows that were dropped and for each kind of suspicion."""
    dropped = {
        kind: quality.findings[kind]
        for kind in DROP_KINDS
        if quality.findings[kind].count
    }
    if dropped:
        causes = "; ".join(
            f"{kind}: {_counted(finding)}" for kind, finding in dropped.items()
        )
        yield Notice(
            code="dropped_rows",
            detail=f"{quality.dropped_rows} rows broke the bar contract and were "
            f"dropped, and what was out of order was sorted ({causes})",
        )
    for kind, words in SUSPICIONS.items():
        finding = quality.findings[kind]
        if finding.count:
            text = words.format(calendar=quality.calendar)
            yield Notice(code=kind, detail=f"{_counted(finding)}: {text}")


def _counted(finding: Finding) -> str:
    shown = ", ".join(finding.at[:3])
    more = ", ..." if finding.count > len(finding.at[:3]) else ""
    return f"{finding.count} ({shown}{more})"
