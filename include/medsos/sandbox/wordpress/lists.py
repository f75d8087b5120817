"""Lists of the WordPress interface: pages, chosen ids, values in many forms (contract section 2.3)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode

from fastapi.responses import JSONResponse, Response

from medsos.sandbox.state import Document
from medsos.sandbox.wire import Call
from medsos.sandbox.wordpress.host import Rest, WordPressError, invalid_param

PER_PAGE = 100


def listed(
    rest: Rest,
    items: list[Document],
    show: Callable[[Document], dict[str, Any]],
    readable: Callable[[Document], bool] = lambda item: True,
) -> Response:
    """One page of a list, with the totals in the headers; what is not `readable` is counted but not shown."""
    per_page = _number(rest, "per_page", 10, PER_PAGE)
    page = _number(rest, "page", 1, 10**9)
    pages = -(-len(items) // per_page)
    if items and page > pages:
        raise WordPressError(
            400, "rest_post_invalid_page_number",
            "The page number requested is larger than the number of pages available.",
        )  # fmt: skip
    first = _number(rest, "offset", 0, 10**9, least=0) or (page - 1) * per_page
    chosen = items[first : first + per_page]
    headers = {"X-WP-Total": str(len(items)), "X-WP-TotalPages": str(pages)}
    links = []
    if page > 1:
        links.append(_link(rest, page - 1, "prev"))
    if page < pages:
        links.append(_link(rest, page + 1, "next"))
    if links:
        headers["Link"] = ", ".join(links)
    return JSONResponse([show(item) for item in chosen if readable(item)], headers=headers)


def _link(rest: Rest, page: int, relation: str) -> str:
    """Another page of the same question."""
    kept = [(k, v) for k, v in parse_qsl(rest.call.raw_query) if k not in ("page", "rest_route")]
    query = urlencode([*kept, ("page", str(page))], safe="[],")
    return f'<{rest.address(rest.path)}?{query}>; rel="{relation}"'


def chosen_ids(rest: Rest, items: list[Document]) -> list[Document]:
    """Without what `include` does not name and `exclude` does."""
    include, exclude = (indexed_list(rest.call, name) for name in ("include", "exclude"))
    for name, values in (("include", include), ("exclude", exclude)):
        if not all(value.isdigit() for value in values):
            raise invalid_param(name, f"{name}[0] is not of type integer.", "rest_invalid_type")
    if include:
        items = [item for item in items if str(item["id"]) in include]
    if include and rest.call.text("orderby") == "include":
        items = sorted(items, key=lambda item: include.index(str(item["id"])))
    return [item for item in items if str(item["id"]) not in exclude]


def _number(rest: Rest, name: str, default: int, largest: int, *, least: int = 1) -> int:
    text = rest.call.text(name, str(default))
    if not text.isdigit():
        raise invalid_param(name, f"{name} is not of type integer.", "rest_invalid_type")
    if not least <= int(text) <= largest:
        message = f"{name} must be between {least} (inclusive) and {largest} (inclusive)"
        raise invalid_param(name, message, "rest_out_of_bounds")
    return int(text)


def slugify(text: str) -> str:
    """As WordPress makes a slug from a title: small letters, digits and dashes.

    From an ampersand to the next semicolon everything goes, as in core.
    """
    text = re.sub(r"&.+?;", "", re.sub(r"<[^>]*>", "", text))
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    plain = re.sub(r"[.\s/_]+", "-", plain.lower())
    return re.sub(r"-+", "-", re.sub(r"[^a-z0-9-]", "", plain)).strip("-")[:200]


def comma_list(value: Any) -> list[str]:
    """A list sent as JSON or as text with commas."""
    if value is None or value == "":
        return []
    return [str(v) for v in value] if isinstance(value, list) else [v.strip() for v in str(value).split(",")]


def indexed_list(call: Call, name: str) -> list[str]:
    """As `comma_list`, and also `name[]=…` and `name[0]=…` of forms and queries."""
    indexed = [value for key, value in call.pairs if re.fullmatch(rf"{name}\[\d*\]", key)]
    return [str(v) for v in indexed] or comma_list(call.params.get(name))
