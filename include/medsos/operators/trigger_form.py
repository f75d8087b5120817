"""The form behind Airflow's *Trigger* button: the request for content, in Indonesian."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk import Param

from medsos.content.request import CONTENT_TYPE_NAMES, CONTENT_TYPES
from medsos.offices.model import CHANNEL_NAMES

if TYPE_CHECKING:
    from medsos.offices.model import Office
    from medsos.operators.broken_office import BrokenOffice


def trigger_form(office: Office | BrokenOffice) -> dict[str, Param]:
    """Fields in the order in which a person thinks of them. The real checks are in `accept_request`."""
    channels = list(office.offered_channels)
    return {
        "title": Param(
            "", type="string", title="Judul", description="Judul singkat; tampil besar pada desain."
        ),
        "content_type": Param(
            "foto_kegiatan",
            type="string",
            enum=list(CONTENT_TYPES),
            values_display=CONTENT_TYPE_NAMES,
            title="Jenis konten",
        ),
        "body": Param(
            "",
            type="string",
            format="multiline",
            title="Isi",
            description="Uraian konten. Menjadi artikel website; kanal lain mendapat ringkasannya.",
        ),
        "activity_date": Param(
            None,
            type=["null", "string"],
            format="date",
            title="Tanggal kegiatan",
            description="Boleh kosong.",
        ),
        "place": Param("", type=["null", "string"], title="Tempat", description="Boleh kosong."),
        "materials": Param(
            [],
            type=["null", "array"],
            items={"type": "string"},
            title="Bahan",
            description=(
                f"Nama berkas di folder masuk kantor (masuk/{office.slug}), satu nama per baris, misalnya "
                "rapat-pleno.jpg. Foto kegiatan, video dan produk hukum wajib menyebut berkas."
            ),
        ),
        "channels": Param(
            channels,
            type="array",
            examples=channels,
            values_display={channel: CHANNEL_NAMES[channel] for channel in channels},
            title="Kanal",
            description="Tempat konten ditayangkan; paling sedikit satu.",
        ),
        "upload_at": Param(
            None,
            type=["null", "string"],
            format="date-time",
            title="Waktu unggah",
            description="Kosongkan untuk mengunggah segera setelah disetujui.",
        ),
        "document_number": Param(
            "",
            type=["null", "string"],
            title="Nomor dokumen",
            description="Hanya untuk produk hukum, misalnya 12 Tahun 2026.",
            section="Produk hukum",
        ),
        "document_date": Param(
            None,
            type=["null", "string"],
            format="date",
            title="Tanggal dokumen",
            description="Hanya untuk produk hukum.",
            section="Produk hukum",
        ),
        "kahar": Param(
            False,
            type="boolean",
            title="Keadaan kahar",
            description="SOP, Pengesahan angka 4. Penyimpangan dicatat dan tampak pada setiap laporan.",
            section="Keadaan kahar",
        ),
        "kahar_reason": Param(
            "",
            type=["null", "string"],
            format="multiline",
            title="Alasan kahar",
            description="Wajib diisi bila keadaan kahar dicentang.",
            section="Keadaan kahar",
        ),
    }
