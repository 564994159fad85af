"""Every way the data service misbehaves has one code, within its deadline."""

from __future__ import annotations

import socket
import time

import pytest

from orchestrator.deadline import Deadline
from orchestrator.errors import (
    DataSourceError,
    DataSourceTimeoutError,
    OrchestratorError,
)
from orchestrator.loaders.base import BarLoader
from orchestrator.loaders.sources import open_sources
from orchestrator.settings import Settings
from orchestrator.spec import BarQuery, DataSource
from tests.fakes.data_service import FAULTS, Behaviour, daily_rows, running
from tests.unit.loaders.clocks import NOW

SECONDS = 3.0
"""Connect and read timeouts of a slow service add to 1.2 s; all calls are within."""
SHORT, PATIENT = 0.8, 20.0
"""Read timeouts: where waiting is the fault, and where a busy machine may be slow."""


def loader_of(url: str, *, read_timeout: float = SHORT) -> BarLoader:
    settings = Settings(
        data_service_url=url,
        data_service_connect_timeout=0.4,
        data_service_read_timeout=read_timeout,
    )
    return open_sources(settings, clock=lambda: NOW)["data_service"]


QUERY = BarQuery(symbol="SPY", source=DataSource.DATA_SERVICE)


class TestDataServiceLoader:
    @pytest.mark.parametrize(
        ("behaviour", "code"), list(FAULTS.values()), ids=list(FAULTS)
    )
    def test_answers_a_fault_with_its_code_in_time(
        self, behaviour: Behaviour, code: str
    ) -> None:
        is_slow = code == DataSourceTimeoutError.code
        began = time.monotonic()

        with (
            running(behaviour, daily_rows(20, NOW.replace(hour=0))) as fake,
            pytest.raises(OrchestratorError) as caught,
        ):
            loader_of(fake.url, read_timeout=SHORT if is_slow else PATIENT).load(
                QUERY, Deadline.after(30.0)
            )

        assert caught.value.code == code
        assert not is_slow or time.monotonic() - began < SECONDS

    def test_says_a_refused_connection_failed(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]

        with pytest.raises(DataSourceError):
            loader_of(f"http://127.0.0.1:{port}").load(QUERY, Deadline.after(30.0))

    def test_knows_at_least_sixteen_faults(self) -> None:
        assert len(FAULTS) >= 16
