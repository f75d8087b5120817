"""Sentences of the errors: what happened on a platform and what the reader should do now."""

from __future__ import annotations

AUTH = "kredensial ditolak. Perbarui kata sandi atau token pada Connection, lalu jalankan ulang."
AUTH_ENDED = "masa berlaku token habis. Token akan diperbarui sekali; bila tetap gagal, hubungkan ulang akun."
PERMISSION = "akun atau aplikasi tidak memiliki izin. Lengkapi izinnya di platform, lalu jalankan ulang."
RATE = "batas jumlah permintaan tercapai. Sistem menunggu sampai batas dibuka kembali."
SHARED_RATE = (
    "batas jumlah permintaan akun ini tercapai, dihitung bersama siklus lain. Sistem menunggu sampai dibuka."
)
DAILY = "batas jumlah postingan harian tercapai. Postingan dicoba lagi setelah batas dibuka kembali."
QUOTA = "kredit atau paket API habis. Isi ulang kredit di platform, lalu jalankan ulang."
CONTENT = "isi postingan ditolak. Perbaiki teks atau pengaturannya, lalu ajukan kembali."
MEDIA = "gambar atau video ditolak. Ganti berkasnya dengan yang memenuhi ketentuan, lalu ajukan kembali."
TOO_LARGE = "berkas terlalu besar untuk diterima. Perkecil berkasnya, lalu ajukan kembali."
FETCH = "gambar tidak dapat diambil dari alamatnya. Pastikan situs penyimpan gambar dapat dibuka dari luar."
MEDIA_AGAIN = "pemrosesan media gagal di pihak platform. Media disiapkan ulang pada percobaan berikutnya."
DUPLICATE = "platform menyatakan isi ini sudah pernah diposting. Akun diperiksa sebelum tindakan lain."
BLOCKED = "akun dibatasi atau ditahan oleh platform. Buka akun di platform dan ikuti petunjuknya."
NOT_READY = "media masih diproses. Sistem menunggu lalu mencoba lagi."
NOT_LISTED = "postingan sudah tayang, tetapi belum tampak pada daftar akun. Alamatnya dicari lagi nanti."
SERVER = "gangguan sementara di pihak platform. Percobaan diulang otomatis."
REDIRECT = "alamat API dialihkan ke alamat lain. Periksa isian host pada Connection."
MISSING = "objek tidak ditemukan. Periksa nomor akun pada Connection atau apakah postingan sudah dihapus."
NO_TRASH = "situs ini tidak memakai tempat sampah. Hapus artikelnya di dasbor situs."
CONFIG = "pengaturan aplikasi di platform belum sesuai. Periksa aplikasi pengembang dan Connection."

UNREACHABLE = "server tidak dapat dihubungi. Periksa jaringan dan isian host pada Connection."
LOST = "jawaban tidak diterima. Percobaan diulang otomatis."
UNKNOWN = (
    "permintaan terbit sudah dikirim tetapi hasilnya tidak diketahui. Akun diperiksa sebelum tindakan lain."
)
UNREADABLE = "jawaban tidak dapat dibaca. Percobaan diulang otomatis."
