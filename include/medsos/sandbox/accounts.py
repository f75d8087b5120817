"""The training accounts and their keys.

These keys open the sandbox and nothing else, which is why they stand here in the open.
`GET /_inspect/accounts` gives them as JSON, together with the addresses, so that connections can be made
from them.
"""

from __future__ import annotations

from typing import Any

from medsos.sandbox.state import State

DISPLAY_NAME = "KPU Kota Bengkulu"
USERNAME = "kpukotabengkulu"
BIOGRAPHY = "Akun latihan Komisi Pemilihan Umum Kota Bengkulu"

WEB_USERS: dict[str, dict[str, Any]] = {
    "admin-medsos": {
        "id": 2, "name": "Admin Medsos", "role": "editor", "password": "latihan-sandi-aplikasi-web",
    },
    # A contributor may write but neither publish nor upload (platform contract, section 2.6, HTTP 403).
    "kontributor": {
        "id": 3, "name": "Kontributor", "role": "contributor", "password": "latihan-sandi-kontributor",
    },
}  # fmt: skip

FACEBOOK = {
    "app_id": "612233445566778",
    "app_secret": "latihan-rahasia-aplikasi-facebook",
    "page_id": "104589211773650",
    "page_token": "latihan-token-halaman-facebook",
    "user_id": "122096540011223344",
    "user_token": "latihan-token-pengguna-facebook",
}

INSTAGRAM = {
    "user_id": "17841460077112233",
    "access_token": FACEBOOK["page_token"],
    "login_token": "latihan-token-instagram-login",
}

X = {
    "user_id": "1718293045607116801",
    "consumer_key": "latihan-kunci-konsumen-x",
    "consumer_secret": "latihan-rahasia-konsumen-x",
    "access_token": "1718293045607116801-latihan-token-akses-x",
    "access_token_secret": "latihan-rahasia-token-akses-x",
    "app_bearer_token": "latihan-token-aplikasi-x",
    "client_id": "latihan-id-klien-x",
    "client_secret": "latihan-rahasia-klien-x",
    "oauth2_access_token": "latihan-token-akses-oauth2-x",
    "oauth2_refresh_token": "latihan-token-penyegar-oauth2-x",
}

TIKTOK = {
    "client_key": "latihan-kunci-klien-tiktok",
    "client_secret": "latihan-rahasia-klien-tiktok",
    "open_id": "-000latihanOpenIdKpuKotaBengkulu",
    "access_token": "latihan-token-akses-tiktok",
    "refresh_token": "latihan-token-penyegar-tiktok",
}

X_SCOPES = "tweet.read tweet.write users.read media.write offline.access"
TIKTOK_SCOPES = "user.info.basic,user.info.profile,user.info.stats,video.publish,video.upload,video.list"

# Platform contract, section 1.3: seconds.
X_ACCESS_SECONDS = 7200
TIKTOK_ACCESS_SECONDS = 7200
TIKTOK_REFRESH_SECONDS = 180 * 86400
INSTAGRAM_LOGIN_SECONDS = 60 * 86400


def seed_tokens(state: State) -> None:
    """Put the first pairs of the rotating tokens in, unless there are already some."""
    now = state.time()
    seeds = {
        "x": (X["oauth2_access_token"], X["oauth2_refresh_token"], X_ACCESS_SECONDS, X_SCOPES),
        "tiktok": (TIKTOK["access_token"], TIKTOK["refresh_token"], TIKTOK_ACCESS_SECONDS, TIKTOK_SCOPES),
        "instagram": (INSTAGRAM["login_token"], None, INSTAGRAM_LOGIN_SECONDS, ""),
    }
    with state.transaction():
        for platform, (access, refresh, seconds, scope) in seeds.items():
            if state.get("current_token", platform) is None:
                store_tokens(state, platform, access, refresh, now, seconds, scope)


def store_tokens(
    state: State, platform: str, access: str, refresh: str | None, now: float, seconds: int, scope: str
) -> None:
    """Make this the living pair of `platform`; a refresh token of an older pair is refused from now on."""
    pair = {
        "access_token": access,
        "refresh_token": refresh,
        "issued_at": now,
        "expires_at": now + seconds,
        "refresh_expires_at": now + TIKTOK_REFRESH_SECONDS,
        "scope": scope,
    }
    with state.transaction():
        state.put("current_token", platform, pair)
        state.put(f"access_token:{platform}", access, pair)


def expire_token(state: State, platform: str) -> None:
    """The access tokens of `platform` end at this moment; refresh tokens live on.

    :raises KeyError: no such platform.
    """
    if platform == "facebook":
        state.set_setting("meta_token_expires_at", state.time())
    elif platform == "web":
        state.set_setting("web_password_revoked", True)
    else:
        pair = state.get("current_token", platform)
        if pair is None:
            raise KeyError(platform)
        with state.transaction():
            ended = {**pair, "expires_at": state.time()}
            state.put("current_token", platform, ended)
            state.put(f"access_token:{platform}", pair["access_token"], ended)


def platform_of(path: str) -> str:
    """Whose tokens a request under `path` of this server needs."""
    first = path.split("/")[1]
    names = {"x": "x", "tiktok": "tiktok", "tiktok-upload": "tiktok", "web": "web",
             "instagram-graph": "instagram"}  # fmt: skip
    return names.get(first, "facebook")


def describe(state: State, base_url: str) -> dict[str, Any]:
    """Everything that a connection to each platform needs; rotating tokens as they are now."""
    x_pair = state.get("current_token", "x") or {}
    tiktok_pair = state.get("current_token", "tiktok") or {}
    instagram_pair = state.get("current_token", "instagram") or {}
    return {
        "web": {
            "site_url": f"{base_url}/web",
            "username": "admin-medsos",
            "application_password": WEB_USERS["admin-medsos"]["password"],
        },
        "facebook": {
            "graph_url": f"{base_url}/graph",
            "graph_video_url": f"{base_url}/graph-video",
            "rupload_url": f"{base_url}/rupload",
            "api_version": "v26.0",
            "page_name": DISPLAY_NAME,
            **FACEBOOK,
        },
        "instagram": {
            "graph_url": f"{base_url}/graph",
            "instagram_graph_url": f"{base_url}/instagram-graph",
            "rupload_url": f"{base_url}/rupload",
            "api_version": "v26.0",
            "username": USERNAME,
            "user_id": INSTAGRAM["user_id"],
            "access_token": INSTAGRAM["access_token"],
            "login_token": instagram_pair.get("access_token"),
            "app_secret": FACEBOOK["app_secret"],
        },
        "x": {
            "api_url": f"{base_url}/x",
            "username": USERNAME,
            **{key: value for key, value in X.items() if not key.startswith("oauth2")},
            "oauth2_access_token": x_pair.get("access_token"),
            "oauth2_refresh_token": x_pair.get("refresh_token"),
        },
        "tiktok": {
            "api_url": f"{base_url}/tiktok",
            "upload_url": f"{base_url}/tiktok-upload",
            "username": USERNAME,
            "client_key": TIKTOK["client_key"],
            "client_secret": TIKTOK["client_secret"],
            "open_id": TIKTOK["open_id"],
            "access_token": tiktok_pair.get("access_token"),
            "refresh_token": tiktok_pair.get("refresh_token"),
        },
    }
