"""Findings in words: what an answer's ``warnings`` say about its bars."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.loaders.checks.quality import DROP_KINDS
from orchestrator.spec import AnswerWarning, Finding, Quality, WarningCode

SUSPICIONS = {
    WarningCode.MISSING_SESSIONS: "sessions of {calendar} have no bar",
    WarningCode.OFF_CALENDAR_BARS: "bars lie on days without a session of {calendar}",
    WarningCode.ZERO_VOLUME: "bars have no volume",
    WarningCode.STALE_CLOSES: "bars repeat the close before them",
    WarningCode.EXTREME_RETURNS: "returns lie beyond 8 median absolute deviations",
    WarningCode.UNADJUSTED_SPLITS: "opens look like splits that prices are not "
    "adjusted for",
    WarningCode.STRAY_CLOCKS: "labels have a clock where all others are dates; they "
    "are taken for their date",
    WarningCode.MIXED_SPACING: "bars are spaced unlike the rest",
    WarningCode.FUTURE_BARS: "bars are labelled later than now",
}


def quality_warnings(quality: Quality) -> Iterator[AnswerWarning]:
    """Yield a warning for rows that were dropped and for each kind of suspicion."""
    dropped = {
        kind: quality.findings[kind]
        for kind in DROP_KINDS
        if quality.findings[kind].count
    }
    if dropped:
        causes = "; ".join(
            f"{kind}: {_counted(finding)}" for kind, finding in dropped.items()
        )
        yield AnswerWarning(
            code=WarningCode.DROPPED_ROWS,
            detail=f"{quality.dropped_rows} rows broke the bar contract and were "
            f"dropped, and what was out of order was sorted ({causes})",
        )
    for kind, words in SUSPICIONS.items():
        finding = quality.findings[kind]
        if finding.count:
            text = words.format(calendar=quality.calendar)
            yield AnswerWarning(code=kind, detail=f"{_counted(finding)}: {text}")


def _counted(finding: Finding) -> str:
    shown = ", ".join(finding.at[:3])
    more = ", ..." if finding.count > len(finding.at[:3]) else ""
    return f"{finding.count} ({shown}{more})"
