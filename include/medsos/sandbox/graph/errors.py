"""The error envelope of the Graph host (platform contract, section 3.7)."""

from __future__ import annotations

from typing import Any

from medsos.sandbox import ids
from medsos.sandbox.wire import PlatformError


class GraphError(PlatformError):
    """A Graph error envelope (section 3.7)."""

    def __init__(
        self, code: int, message: str, *, subcode: int | None = None, status: int = 400,
        kind: str = "OAuthException", user_msg: str | None = None, transient: bool = False,
    ) -> None:  # fmt: skip
        error: dict[str, Any] = {"message": message, "type": kind, "code": code}
        if subcode is not None:
            error["error_subcode"] = subcode
        error["is_transient"] = transient
        if user_msg:
            error["error_user_title"] = "Permintaan tidak dapat diproses"
            error["error_user_msg"] = user_msg
        error["fbtrace_id"] = ids.trace_id()
        super().__init__(status, {"error": error})


def invalid(message: str, subcode: int | None = None, user_msg: str | None = None) -> GraphError:
    """Code 100: a parameter is wrong (section 3.7)."""
    return GraphError(100, f"(#100) {message}", subcode=subcode, user_msg=user_msg)


def missing(id_: str, method: str = "get") -> GraphError:
    return GraphError(
        100,
        f"Unsupported {method} request. Object with ID '{id_}' does not exist, cannot be loaded due to "
        "missing permissions, or does not support this operation.",
        subcode=33,
        kind="GraphMethodException",
    )
