"""What a client of a service is told."""

from __future__ import annotations


class ServiceError(Exception):
    """What a service refused or failed at, or that there is none.

    Parameters
    ----------
    detail : str
    code : str
        The problem's code; ``no_service`` where there is none.
    """

    def __init__(self, detail: str, code: str = "no_service") -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code
