"""HTTP to the data service: pooled, bounded in time and bytes, never off its host.

A timer cuts the connection itself, so that a service that sends one byte a
second is as bounded as one that sends none.  Failed calls are repeated by urllib3's
`Retry` while time is left; a ``Retry-After`` that does not fit ends the calls.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import requests

from orchestrator.errors import DataSourceError, DataSourceTimeoutError
from orchestrator.loaders.data_service.call_timer import (
    LONGEST_WAIT,
    BoundedAdapter,
    BoundedRetry,
    CallTimer,
    GivenUpError,
)

if TYPE_CHECKING:
    from orchestrator.deadline import Deadline

MAX_BODY_BYTES = 16 * 1024 * 1024
"""An answer longer than this, packed or unpacked, is refused."""

_CHUNK = 64 * 1024
_REDIRECTS = 3
_TRIES_AGAIN = 2
_READ = frozenset({200, 404})
_RETRIED = frozenset({429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Reply:
    """What the service answered: status, and the body of a 200 or a 404 in JSON."""

    status: int
    body: bytes


def _session() -> requests.Session:
    session = requests.Session()
    session.trust_env = False  # no proxy or .netrc may lead elsewhere
    session.headers["Accept"] = "application/json"
    retry = BoundedRetry(
        total=_TRIES_AGAIN,
        redirect=0,
        allowed_methods=frozenset({"GET"}),
        status_forcelist=_RETRIED,
        backoff_factor=0.1,
        backoff_jitter=0.1,
        raise_on_status=False,
    )
    adapter = BoundedAdapter(pool_maxsize=16, max_retries=retry)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session


class ServiceClient:
    """GETs JSON from one base URL.

    Parameters
    ----------
    base_url : str
    connect_timeout, read_timeout : float
        Seconds to connect, and to wait for the next byte.  Their sum bounds one
        request with all its calls.
    """

    def __init__(
        self, base_url: str, *, connect_timeout: float, read_timeout: float
    ) -> None:
        self._base = base_url.rstrip("/")
        self._timeouts = (connect_timeout, read_timeout)
        self._session = _session()

    def get(self, path: str, params: Mapping[str, str], deadline: Deadline) -> Reply:
        """Return the answer to ``GET <base><path>``.

        Raises
        ------
        DataSourceError
            If the service cannot be reached, fails, redirects elsewhere, or answers
            with something that is no JSON of a sane size.
        DataSourceTimeoutError
            If it does not answer in time.
        """
        deadline.check("asking the data service")
        with CallTimer(deadline, sum(self._timeouts)) as timer:
            try:
                reply = self._followed(self._base + path, params, timer)
            except GivenUpError as error:
                raise _given_up(error, timer) from error
            except DataSourceError as error:
                if timer.expired:  # what was cut short is not what was sent
                    raise _too_slow() from error
                raise
            except (requests.RequestException, OSError) as error:
                raise self._failed(error, timer) from error
            if timer.expired:
                raise _too_slow()
        return reply

    def _followed(self, url: str, params: Mapping[str, str], timer: CallTimer) -> Reply:
        for _ in range(_REDIRECTS + 1):
            with self._send(url, params, timer) as response:
                if not response.is_redirect:
                    return _reply(response)
                target = urljoin(response.url, response.headers["Location"])
            if _origin(target) != _origin(self._base):
                raise DataSourceError(
                    "the data service redirects to another host, which is not followed"
                )
            url, params = target, {}
        raise DataSourceError(
            f"the data service redirects more than {_REDIRECTS} times"
        )

    def _send(
        self, url: str, params: Mapping[str, str], timer: CallTimer
    ) -> requests.Response:
        left = timer.left()
        if left <= 0.0:
            raise GivenUpError
        connect, read = self._timeouts
        try:
            return self._session.get(
                url,
                params=dict(params),
                timeout=(min(connect, left), min(read, left)),
                allow_redirects=False,
                stream=True,
            )
        except requests.RequestException:
            raise
        except ValueError as error:  # requests looks at where a redirect leads
            raise DataSourceError(
                "the data service redirects to what is no address"
            ) from error

    @staticmethod
    def _failed(error: Exception, timer: CallTimer) -> Exception:
        if timer.expired or isinstance(error, requests.Timeout):
            return _too_slow()
        if isinstance(error, requests.ConnectionError) and "Read timed out" in str(
            error
        ):
            return _too_slow()
        kind = type(error).__name__
        return DataSourceError(f"the data service cannot be reached ({kind})")


def _too_slow() -> DataSourceTimeoutError:
    return DataSourceTimeoutError("the data service did not answer in time")


def _given_up(error: GivenUpError, timer: CallTimer) -> Exception:
    if error.wait is None and timer.left() <= 0.0:
        return _too_slow()
    return DataSourceError(
        "the data service asks to be left alone for longer than this request may take",
        retry_after=error.wait,
    )


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = -1
    standard = {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.hostname, port or standard


def _reply(response: requests.Response) -> Reply:
    status = response.status_code
    if status in _READ and _is_json(response):
        return Reply(status, _body(response))
    response.close()
    if status == requests.codes.too_many_requests or status >= 500:
        wait = response.headers.get("Retry-After", "")
        raise DataSourceError(
            f"the data service answered {status}",
            retry_after=min(float(wait), LONGEST_WAIT) if wait.isdecimal() else None,
        )
    if status == requests.codes.ok:
        kind = _kind(response)[:40] or "untyped content"
        raise DataSourceError(f"the data service answered {kind}, not JSON")
    return Reply(status, b"")


def _kind(response: requests.Response) -> str:
    return response.headers.get("Content-Type", "").split(";")[0].strip().lower()


def _is_json(response: requests.Response) -> bool:
    kind = _kind(response)
    return kind == "application/json" or kind.endswith("+json")


def _body(response: requests.Response) -> bytes:
    body = bytearray()
    for chunk in response.iter_content(_CHUNK):
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            response.close()
            raise DataSourceError(
                f"the data service answered with more than {MAX_BODY_BYTES} bytes"
            )
    return bytes(body)
