"""Turns the training accounts and the mailbox of the sandbox into Airflow Connections."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

SENDER = "Medsos KPU Kota Bengkulu <medsos@latihan.example>"
TRAINING_TAGS = ("admin", "kasubbag", "sekretaris", "analis")
"""The training office's people, as `notify` in `office.yaml` names them."""

NOTE = "MODE LATIHAN: akun tiruan di komputer ini. Ganti dengan akun resmi untuk terbit sungguhan."


def connection_for_sandbox(
    accounts: Mapping[str, Mapping[str, Any]], base_url: str
) -> dict[str, dict[str, Any]]:
    """Definitions for `airflow connections import`, by connection id.

    :param accounts: the sandbox's `GET /_inspect/accounts`.
    :param base_url: address under which the workers reach the sandbox.
    """
    base = base_url.rstrip("/")
    web, facebook, instagram = accounts["web"], accounts["facebook"], accounts["instagram"]
    x, tiktok = accounts["x"], accounts["tiktok"]
    connections: dict[str, dict[str, Any]] = {
        "medsos_web": {
            "host": f"{base}/web",
            "login": web["username"],
            "password": web["application_password"],
        },
        "medsos_facebook": {
            "host": f"{base}/graph",
            "password": facebook["page_token"],
            "extra": {
                "page_id": facebook["page_id"],
                "app_secret": facebook["app_secret"],
                "app_id": facebook["app_id"],
                "video_host": f"{base}/graph-video",
                "site": f"{base}/facebook.com",
            },
        },
        "medsos_instagram": {
            "host": f"{base}/graph",
            "password": instagram["access_token"],
            "extra": {
                "account_id": instagram["user_id"],
                "app_secret": instagram["app_secret"],
                "app_id": facebook["app_id"],
                "site": f"{base}/instagram.com",
            },
        },
        "medsos_x": {
            "host": f"{base}/x",
            "extra": {
                "consumer_key": x["consumer_key"],
                "consumer_secret": x["consumer_secret"],
                "access_token": x["access_token"],
                "access_secret": x["access_token_secret"],
                "site": f"{base}/x.com",
            },
        },
        "medsos_tiktok": {
            "host": f"{base}/tiktok",
            "password": tiktok["access_token"],
            "extra": {
                "refresh_token": tiktok["refresh_token"],
                "client_key": tiktok["client_key"],
                "client_secret": tiktok["client_secret"],
                "site": f"{base}/tiktok.com",
            },
        },
    }
    if mail := accounts.get("mail"):
        connections["medsos_mail"] = {
            "conn_type": "smtp",
            # As the workers reach it, which need not be how the sandbox sees itself.
            "host": urlsplit(base).hostname,
            "port": mail["port"],
            "extra": {
                "from_email": SENDER,
                "disable_ssl": True,
                "disable_tls": True,
                "timeout": 15,
                "retry_limit": 0,
            },
        }
    scheme, _, address = base.partition("://")
    targets = "jsons" if scheme == "https" else "json"
    connections["medsos_apprise"] = {
        "conn_type": "apprise",
        "host": base,
        "extra": {
            "config": [{"path": f"{targets}://{address}/pesan/{tag}", "tag": tag} for tag in TRAINING_TAGS]
        },
    }
    return {
        connection_id: {
            "conn_type": connection_id,
            "description": NOTE,
            **definition,
            "extra": {**definition.get("extra", {}), "training": True},
        }
        for connection_id, definition in connections.items()
    }
