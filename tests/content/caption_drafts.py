"""Drafts of requests whose captions are looked at."""

from __future__ import annotations

from datetime import date

from twitter_text import parse_tweet

from medsos.content.captions import draft_plan
from medsos.content.plan import ContentPlan
from medsos.content.request import ContentRequest
from medsos.offices.model import CHANNELS, Office

BUDGETS = {"facebook": 63206, "instagram": 2200, "x": 280, "tiktok": 2200}
BODY = (
    "KPU Kota Bengkulu menggelar rapat koordinasi di Jl. WR. Supratman No. 08, Bengkulu. "
    "Rapat dibuka oleh Dr. H. Fulan, S.H., M.H. pada pukul 09.00 WIB.\n\n"
    "Peserta membahas pemutakhiran data pemilih. Semua pihak sepakat bekerja sama."
)
LONG_BODY = ("Pemutakhiran data pemilih berkelanjutan dilakukan setiap triwulan oleh petugas. " * 63)[
    :5000
].strip()


def measure(channel: str, text: str) -> int:
    if channel == "x":
        return parse_tweet(text).weightedLength
    if channel == "tiktok":
        return len(text.encode("utf-16-le")) // 2
    return len(text)


def request(content_type: str = "foto_kegiatan", **changes) -> ContentRequest:
    values = {
        "title": "Rapat Koordinasi Pemutakhiran Data Pemilih",
        "content_type": content_type,
        "body": BODY,
        "activity_date": date(2026, 11, 23),
        "place": "Aula KPU Kota Bengkulu",
        "channels": CHANNELS,
    }
    if content_type == "produk_hukum":
        values |= {"document_number": "12/HK.03.1-Kpt/1771/2026", "document_date": date(2026, 11, 1)}
    return ContentRequest(**{**values, **changes})


def draft(office: Office, content_type: str = "foto_kegiatan", **changes) -> ContentPlan:
    return draft_plan(request(content_type, **changes), office, budgets=BUDGETS, measure=measure)


def with_link_on(office: Office, channel: str, allowed: bool) -> Office:
    setup = office.channels[channel].model_copy(update={"link_in_post": allowed})
    return office.model_copy(update={"channels": {**office.channels, channel: setup}})
