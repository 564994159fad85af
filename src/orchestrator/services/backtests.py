"""The main use case: load, run, weigh, judge, record, answer."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from orchestrator.backtest_runner import (
    canonical,
    check_lookahead,
    execute,
    run_id_of,
)
from orchestrator.errors import InvalidRequestError
from orchestrator.evidence.recount import recount
from orchestrator.gate import Policy, PolicyBook, Verdict, judge
from orchestrator.ledger.values import Ruling, Trials
from orchestrator.loaders.checks.freshness import stale_warnings
from orchestrator.loaders.dataset import Clock, utc_now
from orchestrator.services.answer import Answer, Unchanged, encode, joined
from orchestrator.services.benchmarks import Benchmark, align_benchmark
from orchestrator.services.prepared import (
    Asked,
    Key,
    Prepared,
    prepare,
    report_url,
)
from orchestrator.services.weighing import trials_of
from orchestrator.spec import (
    SAMPLE_SOURCE,
    SENT_SOURCES,
    AnswerWarning,
    BacktestSpec,
    Include,
    LoadedBars,
    WarningCode,
)
from orchestrator.turns import Turns

if TYPE_CHECKING:
    from datetime import datetime

    import numpy as np
    from numpy.typing import NDArray

    from orchestrator.backtest_runner import RunResult
    from orchestrator.deadline import Deadline
    from orchestrator.ledger.base import Ledger
    from orchestrator.loaders.base import BarLoader
    from orchestrator.loaders.cache import ByteBoundedCache


_LONG = 65_536
"""Bytes of an answer that is packed before the record is locked."""
_HEAVY = 100_000
"""Bars from which a run takes turns with others."""
_MANIFOLD = 20
"""How many times the work of a plain run a hook takes, or a bootstrap."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Case:
    """A request with its data and its rules, before anything has run."""

    spec: BacktestSpec
    policy: Policy | None
    loaded: LoadedBars
    benchmark: Benchmark
    run_id: str

    @property
    def is_heavy(self) -> bool:
        """Whether running it holds a thread for so long that others would feel it."""
        draws = 1 if Include.BOOTSTRAP in self.spec.include else 0
        folds = 1 + _MANIFOLD * (self.hooks + draws)
        return len(self.loaded.bars) * folds >= _HEAVY

    @property
    def hooks(self) -> int:
        """How many hooks see every event."""
        spec = self.spec
        return len(spec.advisors) + len(spec.validators) + len(spec.observers)

    @property
    def warnings(self) -> tuple[AnswerWarning, ...]:
        return (*self.loaded.warnings, *self.benchmark.warnings)

    @property
    def sources(self) -> frozenset[str]:
        """Where the bars come from; the sample never passes whatever it is."""
        found = {self.loaded.provenance.source, self.benchmark.source}
        return frozenset(found - {"", SAMPLE_SOURCE})

    @property
    def is_weighed(self) -> bool:
        """Whether the answer depends on how often the caller tried."""
        wanted = {Include.EVIDENCE, Include.BOOTSTRAP} & self.spec.include
        return self.policy is not None or bool(wanted)

    def etag(self, asked: Asked, trials: Trials | None) -> str:
        """Return the tag of the answer given a count of trials."""
        parts: list[object] = [[warning.detail for warning in self.warnings]]
        if trials is not None:
            rules = None if self.policy is None else self.policy.identity()
            parts += [asked.caller, rules, trials]
        digest = hashlib.sha256(canonical(parts)).hexdigest()
        return f"{self.run_id}-{digest[:12]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtests:
    """Run, judge and record specs.

    Parameters
    ----------
    loaders : mapping of str to BarLoader
        One a data source, by its name in requests.
    ledger : Ledger
    policies : PolicyBook
    cache : ByteBoundedCache
        Runs seen lately.
    clock : callable
        Tells the time, aware.
    turns : Turns
        What heavy runs wait for.
    """

    loaders: Mapping[str, BarLoader]
    ledger: Ledger
    policies: PolicyBook
    cache: ByteBoundedCache[Key, Prepared]
    clock: Clock = utc_now
    turns: Turns = field(default_factory=Turns)

    def answer(
        self, spec: BacktestSpec, asked: Asked, *, deadline: Deadline
    ) -> Answer | Unchanged:
        """Return the answer to `spec`, or that the caller holds it already.

        A caller who holds it is told so before anything runs.

        Raises
        ------
        OrchestratorError
            Any of its leaves but those of other use cases.
        """
        case = self._open(spec, deadline, asked.caller)
        if asked.etags:
            etag = case.etag(asked, self._standing(case, asked))
            if etag in asked.etags:
                return Unchanged(etag=etag)
        answer, _ = self._record(case, asked, deadline)
        return answer

    def verdict(
        self, spec: BacktestSpec, asked: Asked, *, deadline: Deadline
    ) -> Answer:
        """Return the short verdict on `spec`; the ledger keeps the whole answer.

        Raises
        ------
        InvalidRequestError
            If `spec` has no gate.
        """
        if spec.gate is None:
            detail = "is required: there is nothing to judge without conditions"
            raise InvalidRequestError.at("/gate", detail, subject="gate")
        answer, verdict = self._record(
            self._open(spec, deadline, asked.caller), asked, deadline
        )
        if verdict is None:
            raise AssertionError("a spec with a gate has a verdict")
        short: dict[str, object] = {"run_id": answer.run_id}
        if self.ledger.records(judged=True):
            short["report_url"] = report_url(answer.run_id)
        short |= verdict.to_short_json()
        return replace(answer, body=encode(short))

    def validated(
        self, spec: BacktestSpec, *, caller: str, deadline: Deadline
    ) -> Mapping[str, object]:
        """Return, as JSON, whether a strategy looks ahead on its data.

        Nothing is recorded: it is no trial.
        """
        loaded = self._open(spec, deadline, caller).loaded
        with self.turns.taken(deadline):
            report = check_lookahead(spec, loaded, deadline=deadline)
        return {
            "strategy_type": spec.strategy_type,
            "symbol": loaded.provenance.symbol,
            "data_sha256": loaded.provenance.sha256,
            **report.to_json(),
        }

    def rerun(
        self, spec: BacktestSpec, *, caller: str, deadline: Deadline
    ) -> RunResult:
        """Return what a caller's `spec` comes to today; nothing is recorded."""
        found, _ = self.reruns((spec,), caller=caller, deadline=deadline)
        return found[0]

    def reruns(
        self, specs: tuple[BacktestSpec, ...], *, caller: str, deadline: Deadline
    ) -> tuple[tuple[RunResult, ...], NDArray[np.float64] | None]:
        """Return what specs on the same bars come to, and the benchmark's closes.

        The first alone where each would take hooks through many bars.
        """
        case = self._open(specs[0], deadline, caller)
        if case.is_heavy and case.hooks:
            specs = specs[:1]
        with self._turn(case, deadline):
            found = tuple(
                _execute(replace(case, spec=spec), deadline) for spec in specs
            )
        return found, case.benchmark.close

    def _turn(self, case: _Case, deadline: Deadline) -> AbstractContextManager[None]:
        """Return the turn of a heavy run; a light one waits for nobody."""
        return self.turns.taken(deadline) if case.is_heavy else nullcontext()

    def _open(self, spec: BacktestSpec, deadline: Deadline, caller: str) -> _Case:
        policy = None
        if spec.gate is not None:
            policy = self.policies.choose(spec.gate.policy)
        query = replace(spec.query, owner=caller)
        loaded = self.loaders[query.source].load(query, deadline)
        benchmark = align_benchmark(spec, loaded, self.loaders, deadline, caller=caller)
        if policy is not None:
            reference = self.clock() if query.end is None else query.end
            old = tuple(_old(policy, loaded, benchmark, min(reference, self.clock())))
            loaded = replace(loaded, warnings=(*loaded.warnings, *old))
        hashes = (loaded.provenance.sha256, benchmark.sha256)
        return _Case(
            spec=spec,
            policy=policy,
            loaded=loaded,
            benchmark=benchmark,
            run_id=run_id_of(spec, *filter(None, hashes)),
        )

    def _standing(self, case: _Case, asked: Asked) -> Trials | None:
        if not case.is_weighed:
            return None
        return self.ledger.standing(self._family(case), asked.caller)

    def _family(self, case: _Case) -> str:
        """Return the family trials are counted on: the file's, or the content's."""
        origin = case.loaded.provenance
        if case.loaded.sketch is None:
            return origin.dataset
        name = None if origin.source in SENT_SOURCES else origin.dataset
        return self.ledger.family(case.loaded.sketch(), name)

    def _record(
        self, case: _Case, asked: Asked, deadline: Deadline
    ) -> tuple[Answer, Verdict | None]:
        key = (case.run_id, case.warnings)
        prepared = self.cache.get(key)
        re_look = prepared is not None
        if prepared is None:
            with self._turn(case, deadline):
                deadline.check("the run")
                prepared = prepare(
                    _execute(case, deadline),
                    case.policy,
                    deadline,
                    is_kept=self.ledger.records(judged=case.policy is not None),
                )
            self.cache.put(key, prepared)
        deadline.check("the verdict was recorded")
        verdicts: list[Verdict] = []
        recorded = self.ledger.record(
            prepared.attempt(asked, self._family(case), re_look),
            lambda trials: _rule(case, prepared, trials, verdicts),
            is_long=len(prepared.body) > _LONG,
        )
        answer = Answer(
            run_id=case.run_id,
            body=recorded.ruling.answer,
            etag=case.etag(asked, recorded.trials if case.is_weighed else None),
        )
        return answer, verdicts[-1] if verdicts else None


def _old(
    policy: Policy, loaded: LoadedBars, benchmark: Benchmark, until: datetime
) -> Iterator[AnswerWarning]:
    """Yield `old_data` where bars end earlier before `until` than a policy allows."""
    if any(warning.code == WarningCode.OLD_DATA for warning in loaded.warnings):
        return
    most = policy.max_age_days
    yield from stale_warnings(loaded.bars, most, until)
    if benchmark.bars is not None:
        for warning in stale_warnings(benchmark.bars, most, until):
            yield replace(warning, detail=f"benchmark: {warning.detail}")


def _execute(case: _Case, deadline: Deadline) -> RunResult:
    loaded = replace(case.loaded, warnings=case.warnings)
    return execute(
        case.spec,
        loaded,
        run_id=case.run_id,
        benchmark_close=case.benchmark.close,
        deadline=deadline,
    )


def _rule(
    case: _Case, prepared: Prepared, trials: Trials, verdicts: list[Verdict]
) -> Ruling:
    """Weigh and judge under a count of trials; leave the verdict in `verdicts`."""
    if prepared.evidence is None:
        return Ruling(answer=prepared.body)
    gate, policy = case.spec.gate, case.policy
    claimed = None if gate is None else gate.trials
    everyone = policy is not None and bool(policy.count_all_callers)
    counted = trials_of(trials, claimed, of_everyone=everyone)
    evidence = recount(prepared.evidence, counted)
    tail: dict[str, object] = {"evidence": evidence.to_json()}
    if gate is None or policy is None:
        return Ruling(answer=joined(prepared.body, encode(tail)))
    verdict = judge(
        gate.conditions,
        policy=policy,
        measured=prepared.measured,
        benchmark=prepared.benchmark,
        evidence=evidence,
        strategy_type=case.spec.strategy_type,
        warnings=prepared.warnings,
        sources=case.sources,
    )
    verdicts.append(verdict)
    tail["gate"] = verdict.to_json()
    return Ruling(
        answer=joined(prepared.body, encode(tail)),
        verdict=verdict.outcome.value,
        reasons=tuple(reason.detail for reason in verdict.reasons),
    )
