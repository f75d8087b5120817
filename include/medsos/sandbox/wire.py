"""One request in any of the encodings that the platforms take, and an error in a platform's own shape."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode

from fastapi import Depends, Request
from fastapi.responses import JSONResponse, Response
from starlette.datastructures import Headers, UploadFile

from medsos.sandbox.context import Sandbox

# Where the gate leaves the reason for which what this request starts to process shall fail.
PROCESSING_FAULT = "medsos.sandbox.processing_fault"
_MAX_FIELD_BYTES = 64 * 1024 * 1024


class PlatformError(Exception):
    """A refusal, as the platform would send it."""

    def __init__(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body
        self.headers = headers or {}

    def response(self) -> Response:
        return JSONResponse(self.body, self.status, headers=self.headers)


@dataclass
class Upload:
    """A file part of a multipart body."""

    filename: str
    content_type: str
    data: bytes


@dataclass
class Call:
    """A request, read to its end.

    `params` merges query, form and JSON fields, the later over the earlier; `pairs` has the fields of query
    and form as they came, repeated names included.
    """

    sandbox: Sandbox
    method: str
    path: str
    headers: Headers
    query: dict[str, str]
    body: bytes
    form: dict[str, str] = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)
    json: Any = None
    json_valid: bool = True
    fault_reason: str = ""
    pairs: list[tuple[str, str]] = field(default_factory=list)
    raw_query: str = ""

    @cached_property
    def params(self) -> dict[str, Any]:
        fields = self.json if isinstance(self.json, dict) else {}
        return {**self.query, **self.form, **fields}

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def bearer(self) -> str | None:
        """The token of `Authorization: Bearer` or `OAuth`."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return (
            token.strip()
            if scheme.lower() in ("bearer", "oauth") and not token.startswith("oauth_")
            else None
        )

    def processing_fault(self, platform: str) -> str:
        """Why the processing that this request starts shall fail, empty when it shall not."""
        return self.fault_reason or str(self.sandbox.state.setting("fail_processing").get(platform) or "")

    def text(self, name: str, default: str = "") -> str:
        value = self.params.get(name, default)
        return default if value is None else str(value)

    def flag(self, name: str, default: bool) -> bool:
        """A boolean in any of the ways that clients write it."""
        value = self.params.get(name)
        if value is None or value == "":
            return default
        return str(value).lower() not in ("false", "0", "no", "off")

    def structure(self, name: str) -> Any:
        """A nested value: JSON itself, JSON text inside a form field, or indexed keys `name[0]`.

        :returns: None when absent; the bare text when it is no JSON.
        """
        value = self.params.get(name)
        if value is None:
            indexed = sorted((key, value) for key, value in self.params.items() if key.startswith(f"{name}["))
            return [_maybe_json(value) for _, value in indexed] or None
        return _maybe_json(value)


def _maybe_json(value: Any) -> Any:
    if not isinstance(value, str) or value[:1] not in ("{", "[", '"'):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def with_query(address: str, more: dict[str, str]) -> str:
    """`address` with further parameters in its query."""
    return f"{address}{'&' if '?' in address else '?'}{urlencode(more)}"


async def read_call(request: Request) -> Call:
    """Read a request fully, whatever its encoding."""
    body = await request.body()
    call = Call(
        sandbox=request.app.state.sandbox,
        method=request.method,
        path=request.url.path,
        headers=request.headers,
        query=dict(request.query_params),
        pairs=request.query_params.multi_items(),
        raw_query=request.url.query,
        body=body,
        fault_reason=request.scope.get("extensions", {}).get(PROCESSING_FAULT, ""),
    )
    if call.content_type == "application/x-www-form-urlencoded":
        fields = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
        call.form = dict(fields)
        call.pairs += fields
    elif call.content_type == "multipart/form-data":
        await _read_multipart(request, call)
    elif call.content_type.endswith("json") and body.strip():
        try:
            call.json = json.loads(body)
        except ValueError:
            call.json_valid = False
    return call


async def _read_multipart(request: Request, call: Call) -> None:
    async with request.form(max_part_size=_MAX_FIELD_BYTES) as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                content_type = value.content_type or "application/octet-stream"
                call.files[name] = Upload(value.filename or name, content_type, await value.read())
            else:
                call.form[name] = value
                call.pairs.append((name, value))


ReadCall = Annotated[Call, Depends(read_call)]
