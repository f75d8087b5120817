"""Tells whether a request that failed can have reached the platform."""

from __future__ import annotations

import ssl

import requests
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError


def never_opened(error: BaseException) -> bool:
    """True when a failure proves that no byte of the request reached the platform.

    Only causes that occur before sending count; any other failure may have come after it.
    """
    seen: set[int] = set()
    queue: list[object] = [error]
    while queue:
        cause = queue.pop()
        if not isinstance(cause, BaseException) or id(cause) in seen:
            continue
        seen.add(id(cause))
        if isinstance(
            cause,
            NewConnectionError
            | NameResolutionError
            | ConnectTimeoutError
            | ssl.SSLCertVerificationError
            | requests.exceptions.ConnectTimeout
            | requests.exceptions.InvalidURL
            | requests.exceptions.MissingSchema
            | requests.exceptions.InvalidSchema,
        ):
            return True
        queue += [cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args]
    return False
