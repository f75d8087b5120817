"""The form of the half-yearly review as our page and Airflow know it: task, fields, what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from medsos.errors import FormError

if TYPE_CHECKING:
    from medsos.approval.sop_review import Wish
    from medsos.sop.model import Sop

TASK = "await_signature"
SEAL, NOTE, BEGINS = "segel", "catatan", "berlaku_mulai"


def target_field(step_key: str) -> str:
    """Name of the field with a step's new target."""
    return f"target_{step_key}"


def wish_of(values: Mapping[str, Any], sop: Sop) -> Wish:
    """What was typed besides the decision; a target that is empty stays as it is.

    :raises FormError: something typed is no number or no date.
    """
    from medsos.approval.sop_review import Wish

    targets: dict[str, int] = {}
    for step in sop.steps:
        given = values.get(target_field(step.key))
        typed = "" if given is None else str(given).strip()
        if not typed:
            continue
        if not typed.isascii() or not typed.isdecimal() or len(typed) > 6:
            raise FormError(
                f"Target langkah {step.number} ({step.name}): diharapkan menit dalam bilangan bulat."
            )
        targets[step.key] = int(typed)
    return Wish(note=str(values.get(NOTE) or ""), targets=targets, effective_from=_date(values.get(BEGINS)))


def _date(typed: Any) -> date | None:
    text = str(typed or "").strip()
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        raise FormError("Tanggal berlaku tidak sah. Pilih tanggalnya.") from None
