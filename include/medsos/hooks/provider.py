"""Tells Airflow which connection types there are and what their forms look like. Imports nothing heavy."""

from __future__ import annotations

from typing import Any

from medsos.hooks.registry import HOOKS

_TEXT = {"type": ["string", "null"]}
_SECRET = {"type": ["string", "null"], "format": "password"}
_FLAG = {"type": ["boolean", "null"], "default": False}
_ALL_HIDDEN = ("port", "schema", "login", "password", "extra")


def _field(label: str, description: str, schema: dict[str, Any] = _TEXT) -> dict[str, Any]:
    return {"label": label, "description": description, "schema": schema}


def _choice(label: str, description: str, values: list[str]) -> dict[str, Any]:
    return _field(label, description, {"type": ["string", "null"], "enum": values, "default": values[0]})


_APP_SECRET = _field(
    "App secret", "Hanya bila aplikasi Meta mewajibkan appsecret_proof; selain itu kosongkan.", _SECRET
)
_APP_ID = _field(
    "Nomor aplikasi", "Nomor (App ID) aplikasi Meta. Bersama App secret: izin dan masa berlaku token terbaca."
)
_SITE = _field("Alamat situs", "Tempat postingan dilihat orang. Kosongkan untuk alamat resmi platform.")
_RENEWAL_HOST = _field("Alamat pembaruan token", "Kosongkan bila sama dengan alamat API.")
_TRAINING = _field(
    "Akun latihan", "Bila aktif, halaman dan laporan bertanda MODE LATIHAN. Matikan untuk akun resmi.", _FLAG
)
_VERSION = _field("Versi Graph API", "Misalnya v26.0. Kosongkan untuk versi bawaan.")

CONNECTIONS: dict[str, dict[str, Any]] = {
    "web": {
        "hook-name": "Situs web KPU (WordPress)",
        "shown": {"login": "Nama pengguna", "password": "Sandi aplikasi"},
        "host": ("Alamat situs", "https://kota-bengkulu.kpu.go.id"),
        "conn-fields": {
            "rest_route": _field(
                "Tanpa alamat cantik (?rest_route=)",
                "Aktifkan hanya bila /wp-json pada situs tidak dapat dibuka.",
                _FLAG,
            ),
        },
    },
    "facebook": {
        "hook-name": "Halaman Facebook",
        "shown": {"password": "Token Halaman"},
        "host": ("Alamat API", "https://graph.facebook.com"),
        "conn-fields": {
            "page_id": _field("Nomor Halaman", "Nomor (ID) Halaman Facebook kantor."),
            "app_secret": _APP_SECRET,
            "app_id": _APP_ID,
            "insights": _field(
                "Metrik wawasan",
                "Ubah hanya bila Meta mengganti nama metriknya, misalnya: "
                "views=post_media_view, reach=post_total_media_view_unique.",
            ),
            "video_host": _field("Alamat unggah video", "Kosongkan bila sama dengan alamat API."),
            "site": _SITE,
            "version": _VERSION,
        },
    },
    "instagram": {
        "hook-name": "Akun Instagram",
        "shown": {"password": "Token akses"},
        "host": ("Alamat API", "https://graph.facebook.com"),
        "conn-fields": {
            "account_id": _field("Nomor akun", "Nomor (ID) akun profesional Instagram, bukan nama pengguna."),
            "login_kind": _choice(
                "Jenis login",
                "Cara token dibuat: Facebook Login atau Instagram Login.",
                ["facebook", "instagram"],
            ),
            "app_secret": _APP_SECRET,
            "app_id": _APP_ID,
            "site": _SITE,
            "version": _VERSION,
        },
    },
    "x": {
        "hook-name": "Akun X (Twitter)",
        "shown": {},
        "host": ("Alamat API", "https://api.x.com"),
        "conn-fields": {
            "consumer_key": _field("Consumer key", "API key dari aplikasi pengembang (OAuth 1.0a)."),
            "consumer_secret": _field("Consumer secret", "API key secret.", _SECRET),
            "access_token": _field("Access token", "Token akses akun kantor.", _SECRET),
            "access_secret": _field("Access token secret", "Rahasia token akses.", _SECRET),
            "bearer_token": _field(
                "Token OAuth 2.0", "Bila diisi, dipakai menggantikan empat kunci di atas.", _SECRET
            ),
            "refresh_token": _field("Refresh token OAuth 2.0", "Untuk memperbarui token OAuth 2.0.", _SECRET),
            "client_id": _field("Client ID OAuth 2.0", "Hanya untuk OAuth 2.0."),
            "client_secret": _field("Client secret OAuth 2.0", "Hanya untuk OAuth 2.0.", _SECRET),
            "renewal_host": _RENEWAL_HOST,
            "site": _SITE,
            "fields_parameter": _choice(
                "Nama parameter kolom",
                "Ubah hanya bila X menolak tweet.fields.",
                ["tweet.fields", "post.fields"],
            ),
        },
    },
    "tiktok": {
        "hook-name": "Akun TikTok",
        "shown": {"password": "Token akses"},
        "host": ("Alamat API", "https://open.tiktokapis.com"),
        "conn-fields": {
            "refresh_token": _field("Refresh token", "Untuk memperbarui token akses tiap dua jam.", _SECRET),
            "renewal_host": _RENEWAL_HOST,
            "site": _SITE,
            "client_key": _field("Client key", "Dari aplikasi pengembang TikTok."),
            "client_secret": _field("Client secret", "Dari aplikasi pengembang TikTok.", _SECRET),
            "privacy": _choice(
                "Tingkat privasi",
                "Aplikasi yang belum diaudit TikTok hanya boleh SELF_ONLY.",
                ["PUBLIC_TO_EVERYONE", "SELF_ONLY", "MUTUAL_FOLLOW_FRIENDS", "FOLLOWER_OF_CREATOR"],
            ),
        },
    },
}
"""The form of each connection type: its own fields, and which of Airflow's fields it shows."""


def get_provider_info() -> dict[str, Any]:
    """Entry point `apache_airflow_provider`."""
    return {
        "package-name": "medsos",
        "name": "Medsos KPU",
        "description": "Kanal media sosial dan situs web KPU: Connection, hook, dan operator.",
        "connection-types": [_connection_type(channel) for channel in CONNECTIONS],
    }


def _connection_type(channel: str) -> dict[str, Any]:
    form = CONNECTIONS[channel]
    label, placeholder = form["host"]
    return {
        "connection-type": f"medsos_{channel}",
        "hook-class-name": HOOKS[channel],
        "hook-name": form["hook-name"],
        "conn-fields": {**form["conn-fields"], "training": _TRAINING},
        "ui-field-behaviour": {
            "hidden-fields": [name for name in _ALL_HIDDEN if name not in form["shown"]],
            "relabeling": {"host": label, **form["shown"]},
            "placeholders": {"host": placeholder},
        },
    }
