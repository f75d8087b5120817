"""Connection type `medsos_web`: the office's website."""

from __future__ import annotations

from medsos.channels.wordpress.api import WordPressSettings
from medsos.channels.wordpress.client import WordPressClient
from medsos.hooks.base import ChannelHook


class WebHook(ChannelHook):
    """Host, user name and application password of a WordPress site."""

    channel = "web"
    conn_type = "medsos_web"
    default_conn_name = "medsos_web"
    hook_name = "Situs web KPU (WordPress)"

    def get_client(self) -> WordPressClient:
        fields = self.fields()
        settings = WordPressSettings(
            site=fields.required("Alamat situs", fields.host),
            user=fields.required("Nama pengguna", fields.login),
            password=fields.required("Sandi aplikasi", fields.password),
            rest_route=fields.flag("rest_route"),
        )
        return WordPressClient(
            settings, gate=self.shared_limits(WordPressClient.platform, settings.site, settings.user)
        )
