"""What makes two runs the same run: the request, the bars and the engine."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import cache
from importlib.metadata import version

import numpy as np
import orjson

from orchestrator.spec import BacktestSpec, BarQuery
from orchestrator.strategies.registry import get_strategy

_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_UTC_Z


@cache
def engine_version() -> str:
    """Return the version of qtos-core that runs are made with."""
    return version("qtos-core")


def canonical(value: object) -> bytes:
    """Return the JSON of frozen values: equal values have equal bytes."""
    return orjson.dumps(value, default=_plain, option=_OPTIONS)


def normalized(spec: BacktestSpec) -> BacktestSpec:
    """Return `spec` with its defaults spelled out, so that equal runs are equal."""
    fill = get_strategy(spec.strategy_type).default_fill
    benchmark = None if spec.benchmark == spec.query.symbol else spec.benchmark
    return replace(spec, fill=spec.fill or fill, benchmark=benchmark)


def run_id_of(spec: BacktestSpec, *data_sha256: str) -> str:
    """Return the hash that names a run, 32 hexadecimal digits."""
    spec = normalized(spec)
    own = spec.query.bars
    if own is not None:  # by their hash: the rows themselves would be megabytes
        spec = replace(spec, query=replace(spec.query, bars=None))
        data_sha256 = (own.sha256(), *data_sha256)
    digest = hashlib.sha256(canonical(spec))
    for part in (*data_sha256, engine_version()):
        digest.update(part.encode())
    return digest.hexdigest()[:32]


def fingerprint_of(spec: BacktestSpec) -> str:
    """Return the hash of the idea alone: what was asked but window, gate, extras."""
    idea = replace(
        normalized(spec),
        query=BarQuery(symbol=spec.query.symbol, source=spec.query.source),
        gate=None,
        include=frozenset(),
        max_points=None,
        benchmark=None,
    )
    return hashlib.sha256(canonical(idea)).hexdigest()[:32]


def _plain(value: object) -> object:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, np.ndarray):  # not contiguous or of a type orjson lacks
        return value.tolist()
    raise TypeError(f"{type(value).__name__} has no canonical form")
