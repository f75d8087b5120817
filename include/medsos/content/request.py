"""The request for content: what the office wants to say, where and when (SOP, Ringkasan 1)."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Literal, NamedTuple, get_args

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from medsos.content.materials import KINDS, MATERIALS, plain_name
from medsos.content.text import tidy_line, tidy_text
from medsos.errors import RequestError
from medsos.offices.model import CHANNEL_NAMES, CHANNELS, Channel

ContentType = Literal[
    "foto_kegiatan", "video", "ucapan_hari_besar", "ucapan_duka", "sosialisasi_tahapan", "produk_hukum"
]
CONTENT_TYPES: tuple[ContentType, ...] = get_args(ContentType)
CONTENT_TYPE_NAMES: dict[str, str] = {
    "foto_kegiatan": "Foto kegiatan",
    "video": "Video",
    "ucapan_hari_besar": "Ucapan hari besar",
    "ucapan_duka": "Ucapan duka",
    "sosialisasi_tahapan": "Sosialisasi tahapan",
    "produk_hukum": "Produk hukum",
}

TITLE_LENGTH = 150
BODY_LENGTH = 5000
LINE_LENGTH = 150
"""Longest place and document number, characters."""
REASON_LENGTH = 1000
LATEST_UPLOAD = timedelta(days=366)
"""A time further off than this is a slip in the year."""


class ContentRequest(BaseModel):
    """A request that passed its checks. Times are aware; `channels` in SOP order."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    content_type: ContentType
    body: str
    activity_date: date | None = None
    place: str = ""
    materials: tuple[str, ...] = ()
    channels: tuple[Channel, ...]
    upload_at: datetime | None = None
    kahar: bool = False
    kahar_reason: str = ""
    document_number: str = ""
    document_date: date | None = None


class Fault(NamedTuple):
    """A mistake: the field it is in, and the sentence about it."""

    field: str
    sentence: str


def accept_request(
    raw: dict[str, Any], *, offered_channels: Sequence[str], files_at_hand: Sequence[str], now: datetime
) -> ContentRequest:
    """Check what was typed into the trigger form.

    :param raw: the form's values; empty text and None both mean "not given", unknown keys are ignored.
    :param offered_channels: channels of the office that are not switched off.
    :param files_at_hand: names in the office's intake folder.
    :param now: aware UTC time.
    :raises RequestError: with one sentence per mistake and its field, all at once.
    """
    values = tidy_request(raw)
    faults = [
        *_text_problems(values),
        *_channel_problems(values, offered_channels),
        *_kahar_problems(values),
        *_file_problems(values, files_at_hand),
        *_type_problems(values),
        *_upload_problems(values, now),
    ]
    try:
        request = ContentRequest.model_validate({**values, "channels": in_order(values["channels"])})
    except ValidationError as error:
        for item in error.errors():
            field = str(item["loc"][0])
            if field in _FIELD_PROBLEMS and (fault := Fault(field, _FIELD_PROBLEMS[field])) not in faults:
                faults.append(fault)
        raise _refusal(faults or [Fault("", "Permohonan tidak lengkap. Periksa semua isian.")]) from None
    if faults:
        raise _refusal(faults)
    return request


def _refusal(faults: list[Fault]) -> RequestError:
    return RequestError([fault.sentence for fault in faults], [fault.field for fault in faults])


_ONE_LINE = ("title", "place", "document_number", "kahar_reason")
_LISTS = ("materials", "channels")

# Fields whose mistakes only the data type shows; the others have their own checks below.
_FIELD_PROBLEMS = {
    "activity_date": "Tanggal kegiatan tidak sah. Pilih tanggal dari kalender.",
    "document_date": "Tanggal dokumen tidak sah. Pilih tanggal dari kalender.",
    "upload_at": "Waktu unggah tidak sah. Pilih tanggal dan jam dari kalender.",
    "kahar": "Tanda keadaan kahar tidak sah. Pilih ya atau tidak.",
}


def tidy_request(raw: dict[str, Any]) -> dict[str, Any]:
    """Known fields that were given: text trimmed, composed and free of invisible signs, lists as lists."""
    values: dict[str, Any] = {"title": "", "body": "", "channels": [], "materials": []}
    for field in ContentRequest.model_fields:
        value = raw.get(field)
        if field in _LISTS:
            values[field] = _listed(value)
        elif field in _ONE_LINE:
            values[field] = tidy_line("" if value is None else str(value))
        elif field == "body":
            values[field] = tidy_text("" if value is None else str(value))
        elif isinstance(value, str):
            if value.strip():
                values[field] = value.strip()
        elif value is not None:
            values[field] = value
    return values


def _listed(value: Any) -> list[str]:
    """Names of a list field, also when they were typed one per line."""
    items = value.splitlines() if isinstance(value, str) else value
    if not isinstance(items, (list, tuple)):
        items = [] if items is None else [items]
    return [name for item in items if item is not None and (name := plain_name(str(item)))]


def in_order(channels: Sequence[str]) -> tuple[str, ...]:
    """Channels in SOP order, unknown ones left out."""
    return tuple(channel for channel in CHANNELS if channel in channels)


def _text_problems(values: dict[str, Any]) -> list[Fault]:
    faults = []
    title, body = len(values["title"]), len(values["body"])
    if not title:
        faults.append(Fault("title", "Judul masih kosong. Isi judul singkat yang akan tampil pada desain."))
    elif title > TITLE_LENGTH:
        told = f"Judul {title} karakter; paling banyak {TITLE_LENGTH}. Pindahkan rinciannya ke isi."
        faults.append(Fault("title", told))
    if not body:
        faults.append(Fault("body", "Isi konten masih kosong. Tulis paling sedikit satu kalimat."))
    elif body > BODY_LENGTH:
        told = f"Isi konten {body} karakter; paling banyak {BODY_LENGTH}. Ringkas isinya."
        faults.append(Fault("body", told))
    for field, name in (("place", "Tempat"), ("document_number", "Nomor dokumen")):
        if len(values[field]) > LINE_LENGTH:
            told = f"{name} {len(values[field])} karakter; paling banyak {LINE_LENGTH}. Tulis lebih singkat."
            faults.append(Fault(field, told))
    if values.get("content_type") not in CONTENT_TYPES:
        names = ", ".join(CONTENT_TYPE_NAMES.values())
        told = f"Jenis konten tidak dikenal. Pilih salah satu dari: {names}."
        faults.append(Fault("content_type", told))
    return faults


def _channel_problems(values: dict[str, Any], offered: Sequence[str]) -> list[Fault]:
    unknown = [channel for channel in values["channels"] if channel not in offered]
    if unknown:
        names = ", ".join(CHANNEL_NAMES.get(channel, channel) for channel in unknown)
        return [Fault("channels", f"Kanal {names} tidak dipakai kantor ini. Pilih kanal lain.")]
    if not values["channels"]:
        return [Fault("channels", "Belum ada kanal yang dipilih. Pilih paling sedikit satu kanal.")]
    return []


def _kahar_problems(values: dict[str, Any]) -> list[Fault]:
    try:
        kahar = TypeAdapter(bool).validate_python(values.get("kahar", False))
    except ValidationError:
        return [Fault("kahar", _FIELD_PROBLEMS["kahar"])]
    reason = values["kahar_reason"]
    told = ""
    if kahar and not reason:
        told = "Keadaan kahar ditandai tanpa alasan. Tulis alasannya (SOP, Pengesahan angka 4)."
    elif reason and not kahar:
        told = "Alasan kahar diisi, tetapi keadaan kahar tidak ditandai. Tandai, atau kosongkan alasannya."
    elif len(reason) > REASON_LENGTH:
        told = f"Alasan kahar {len(reason)} karakter; paling banyak {REASON_LENGTH}. Ringkas alasannya."
    return [Fault("kahar_reason", told)] if told else []


def _file_problems(values: dict[str, Any], files_at_hand: Sequence[str]) -> list[Fault]:
    at_hand = sorted({plain_name(name) for name in files_at_hand})
    names = values["materials"]
    sentences = []
    for name in dict.fromkeys(names):
        if name not in at_hand:
            close = difflib.get_close_matches(name, at_hand, n=3, cutoff=0.6)
            known = ", ".join(dict.fromkeys([*close, *at_hand][:10])) or "(folder masih kosong)"
            sentences.append(
                f"Berkas “{name}” tidak ada di folder masuk. Periksa ejaannya atau salin dulu berkasnya. "
                f"Yang tersedia: {known}."
            )
        if names.count(name) > 1:
            sentences.append(f"Berkas “{name}” disebut lebih dari sekali. Hapus salah satunya.")
    return [Fault("materials", sentence) for sentence in sentences]


def _type_problems(values: dict[str, Any]) -> list[Fault]:
    """What a content type needs besides title and text."""
    content_type = values.get("content_type")
    if content_type not in CONTENT_TYPES:
        return []
    name, rule, count = CONTENT_TYPE_NAMES[content_type], MATERIALS[content_type], len(values["materials"])
    faults = []
    if rule.needed and not count:
        what = " dan ".join(KINDS[kind].name for kind in rule.needed)
        faults.append(Fault("materials", f"{name} memerlukan berkas {what}. Tambahkan pada kolom Bahan."))
    if count > rule.most_files:
        told = (
            f"{name} menerima paling banyak {rule.most_files} berkas; yang disebut {count}. "
            "Hapus sebagian dari kolom Bahan."
        )
        faults.append(Fault("materials", told))
    if content_type == "produk_hukum":
        if not values["document_number"]:
            told = "Produk hukum memerlukan nomor dokumen. Tulis nomornya seperti pada dokumen."
            faults.append(Fault("document_number", told))
        if "document_date" not in values:
            told = "Produk hukum memerlukan tanggal dokumen. Pilih tanggal dari kalender."
            faults.append(Fault("document_date", told))
        if "web" not in values["channels"]:
            told = "Produk hukum harus tayang di Website; kanal lain hanya mengumumkannya. Pilih Website."
            faults.append(Fault("channels", told))
    return faults


def _upload_problems(values: dict[str, Any], now: datetime) -> list[Fault]:
    if "upload_at" not in values:
        return []
    told = ""
    try:
        upload_at = TypeAdapter(datetime).validate_python(values["upload_at"])
    except ValidationError:
        return [Fault("upload_at", _FIELD_PROBLEMS["upload_at"])]
    if upload_at.tzinfo is None:
        told = "Waktu unggah tanpa zona waktu. Pilih ulang tanggal dan jamnya."
    elif upload_at <= now:
        told = "Waktu unggah sudah lewat. Pilih waktu yang akan datang, atau kosongkan untuk segera."
    elif upload_at > now + LATEST_UPLOAD:
        told = "Waktu unggah lebih dari setahun lagi. Periksa tahunnya."
    return [Fault("upload_at", told)] if told else []
