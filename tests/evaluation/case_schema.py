"""How a file of the book of cases is written: its keys, and what stands where one is left out."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

CHANNELS = ["web", "facebook", "instagram", "x", "tiktok"]
EMPTY = "kosong"


class Strict(BaseModel):
    """A misspelt key is a mistake, not a value that is silently left out."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class ExpectedStep(Strict):
    """A row of `step_durations` as the book writes it."""

    mulai: str
    selesai: str = ""
    jam_dinding: str = Field("", alias="jam dinding")
    menit_kerja: str = Field("", alias="menit kerja")
    menunggu: str = "0:00:00"
    perbaikan: str = "0:00:00"
    putaran: int | None = None
    tepat_waktu: Literal["ya", "tidak", "tidak dinilai"] = Field("tidak dinilai", alias="tepat waktu")
    selisih: str = EMPTY


class LedgerRow(Strict):
    """What the ledger of uploads holds of a channel."""

    cara: Literal["api", "manual"] = "api"
    keadaan: str = "published"
    tayang: str = ""
    bukti: list[str] | str = ""
    percobaan: int = 1

    @property
    def proofs(self) -> list[str]:
        return [self.bukti] if isinstance(self.bukti, str) and self.bukti else list(self.bukti)


class ExpectedChannel(Strict):
    """A row of `channel_results` as the book writes it."""

    cara: Literal["api", "manual"] = "api"
    keadaan: str = "published"
    tayang: str = ""
    bukti: str = "tidak ada"
    percobaan: int = 1
    lama_unggah: str = Field(EMPTY, alias="lama unggah")


class ExpectedCard(Strict):
    """A row of `cycle_scorecards` as the book writes it, and the month that the cycle belongs to."""

    status: str
    putaran: int
    disetujui: str
    atas_nama: str = Field("tidak ada", alias="atas nama")
    menit_kerja: str = Field(alias="menit kerja")
    langkah_tepat_waktu: str = Field(alias="langkah tepat waktu")
    kanal_tayang: str = Field(alias="kanal tayang")
    bukti_lengkap: Literal["ya", "tidak"] = Field(alias="bukti lengkap")
    kahar: Literal["ya", "tidak"] = "tidak"
    bulan: str


class ExpectedRecapRow(Strict):
    """A row of `monthly_recap` as the book writes it."""

    siklus: str
    tepat_waktu: str = Field(alias="tepat waktu")
    median: str
    persentil_90: str = Field(alias="persentil 90")
    terlama: str
    target: str


class Written(Strict):
    """One cycle of a file, as it is written."""

    nama: str
    menunjukkan: str
    kantor: str = "kota-bengkulu"
    kahar: str = ""
    diminta: list[str] = Field(default_factory=lambda: list(CHANNELS))
    seperti_biasa: str = Field("", alias="seperti biasa")
    notula: str = ""
    kejadian: str = ""
    urutan_datang: Literal["", "terbalik"] = Field("", alias="urutan datang")
    menyusul: str = ""
    keputusan: list[str] = Field(default_factory=lambda: ["setuju"])
    plh: str = ""
    unggahan: dict[str, LedgerRow] = Field(default_factory=dict)
    dinilai: list[str] | str = ""
    expected: dict[str, Any]
