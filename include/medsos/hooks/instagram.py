"""Connection type `medsos_instagram`: an Instagram professional account."""

from __future__ import annotations

from typing import Literal, cast

from medsos.channels.instagram.client import InstagramClient, InstagramSettings
from medsos.errors import ConfigError
from medsos.hooks.base import ChannelHook
from medsos.hooks.media_host import website_as_host

LOGIN_HOSTS = {"facebook": "https://graph.facebook.com", "instagram": "https://graph.instagram.com"}


class InstagramHook(ChannelHook):
    """Account id and token, and by which login the token was made."""

    channel = "instagram"
    conn_type = "medsos_instagram"
    default_conn_name = "medsos_instagram"
    hook_name = "Akun Instagram"

    def get_client(self) -> InstagramClient:
        fields = self.fields()
        login = fields.text("login_kind") or "facebook"
        if login not in LOGIN_HOSTS:
            raise ConfigError(
                f"Connection “{self.medsos_conn_id}”, isian Jenis login: diharapkan facebook atau instagram."
            )
        account_id = fields.required("Nomor akun", fields.text("account_id"))
        return InstagramClient(
            InstagramSettings(
                account_id=account_id,
                token=fields.required("Token akses", fields.password),
                login=cast(Literal["facebook", "instagram"], login),
                app_secret=fields.text("app_secret"),
                app_id=fields.text("app_id"),
                host=fields.host or LOGIN_HOSTS[login],
                **fields.given(version=fields.text("version"), site=fields.text("site")),
            ),
            media_host=website_as_host(self.web_connection_id, needed_by=self.hook_name),
            gate=self.shared_limits(InstagramClient.platform, fields.host, account_id),
        )
