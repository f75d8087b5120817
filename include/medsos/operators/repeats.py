"""The same request made twice: a second press on *Trigger*, or somebody who had not seen the first one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from medsos.errors import RequestError
from medsos.store.models import Cycle
from medsos.store.session import take_turns

SAME_FOR = timedelta(hours=24)
"""So long after a request an equal one is taken for a repetition; later it may be meant (a reminder)."""

_TURN = 4_0771_2_2024


def refuse_a_repeat(session: Session, office_slug: str, request: dict[str, Any], now: datetime) -> None:
    """Let only one of several equal requests become a cycle, also when they come at the same moment.

    A request whose cycle was rejected may be made again. To be called in the transaction that enters the
    cycle.

    :param request: the accepted request as JSON.
    :raises RequestError: there is a cycle for it already.
    """
    take_turns(session, _TURN)
    earlier = session.scalars(
        select(Cycle).where(
            Cycle.office == office_slug,
            Cycle.title == request["title"],
            Cycle.requested_at > now - SAME_FOR,
            Cycle.status != "ditolak",
        )
    )
    for cycle in earlier:
        if cycle.request == request:
            raise RequestError(
                [
                    f"Permohonan yang persis sama sudah menjadi siklus {cycle.id}. Lanjutkan siklus itu; "
                    "bila ada yang gagal di sana, jalankan ulang tugasnya (Clear). Bila memang ingin "
                    "menayangkannya lagi, ubah judul atau isinya."
                ]
            )
