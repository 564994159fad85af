"""Large bodies share a bounded number of bytes; small ones always get in."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask, request

from orchestrator.errors import OverloadedError
from orchestrator.turns import Turns
from orchestrator.web.admission import SMALL, Admission, register_admission
from orchestrator.web.errors import register_error_handlers
from orchestrator.web.requests import register_request_ids

LARGE = 4 * SMALL


class TestAdmission:
    def test_takes_bodies_up_to_its_capacity(self) -> None:
        admission = Admission(2 * LARGE)

        sizes = [admission.enter(LARGE), admission.enter(LARGE)]

        with pytest.raises(OverloadedError) as caught:
            admission.enter(SMALL + 1)
        assert caught.value.retry_after == 1.0
        for size in sizes:
            admission.leave(size)
        assert admission.enter(LARGE) == LARGE

    def test_always_takes_a_small_one(self) -> None:
        admission = Admission(LARGE)
        admission.enter(LARGE)

        assert [admission.enter(SMALL) for _ in range(100)] == [0] * 100

    def test_takes_one_that_is_larger_than_all_where_it_is_alone(self) -> None:
        assert Admission(1).enter(LARGE) == LARGE


class TestAnApplication:
    """Its view waits until the test lets it go."""

    @pytest.mark.parametrize("ends", ["well", "badly"])
    def test_tells_the_fifth_large_body_to_come_again(self, ends: str) -> None:
        app, go, begun = Flask(__name__), threading.Event(), threading.Semaphore(0)
        register_request_ids(app)
        register_error_handlers(app)
        register_admission(app, LARGE, Turns(), 20.0)

        @app.post("/")
        def view() -> str:
            if len(request.get_data()) > SMALL:
                begun.release()
                go.wait(20)
                if ends == "badly":
                    raise RuntimeError
            return "done"

        def post(size: int) -> int:
            return app.test_client().post("/", data=b"x" * size).status_code

        expected = 200 if ends == "well" else 500
        with ThreadPoolExecutor(4) as threads:
            waiting = [threads.submit(post, LARGE) for _ in range(4)]
            for _ in waiting:
                assert begun.acquire(timeout=20)
            refused = app.test_client().post("/", data=b"x" * LARGE)
            small = post(1000)
            go.set()
            assert [one.result() for one in waiting] == [expected] * 4

        assert (refused.status_code, small) == (503, 200)
        assert refused.json is not None
        assert refused.json["code"] == "overloaded"
        assert refused.headers["Retry-After"] == "1"
        assert post(LARGE) == expected
