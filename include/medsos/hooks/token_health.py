"""What a channel's diagnosis means for the people of the office: a token that ends, or that is refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from medsos.hooks.diagnosis import Diagnosis
from medsos.offices.model import CHANNEL_NAMES

RENEW = (
    "Perbarui di Admin → Connections ({connection}), lalu periksa dengan tombol Test atau `medsos doctor`."
)


@dataclass(frozen=True)
class TokenHealth:
    """How the credentials of one channel stand.

    :param known: the platform said something of them; False where it could not be asked.
    :param refused: Indonesian: why nothing can be published with them; empty when it can.
    :param ends: Indonesian: when they end, if that is soon; else empty.
    """

    channel: str
    known: bool
    refused: str = ""
    ends: str = ""


def token_health(one: Diagnosis, within: timedelta) -> TokenHealth:
    """:param within: an end that is nearer than this is soon."""
    what_to_do = RENEW.format(connection=one.connection_id)
    name = CHANNEL_NAMES[one.channel]
    if one.access is None:
        refused = f"{name}: {one.problem} {what_to_do}" if one.refused else ""
        return TokenHealth(one.channel, known=one.refused, refused=refused)
    lacking = [str(right) for right in one.access.lacking or () if right.essential]
    refused = f"{name}: izin belum ada: {', '.join(lacking)}. {what_to_do}" if lacking else ""
    token = one.access.token
    soon = token.ends_at is not None and token.ends_at - one.at < within
    ends = f"{name}: token berakhir {one.token_text}; {token.remark}. {what_to_do}" if soon else ""
    return TokenHealth(one.channel, known=True, refused=refused, ends=ends)
