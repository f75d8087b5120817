"""Connection type `medsos_tiktok`: a TikTok account."""

from __future__ import annotations

from medsos.channels.tiktok.client import TikTokClient, TikTokSettings
from medsos.hooks.base import ChannelHook
from medsos.hooks.media_host import website_as_host
from medsos.hooks.tokens import VariableTokens


class TikTokHook(ChannelHook):
    """Access token, and what is needed to get the next one."""

    channel = "tiktok"
    conn_type = "medsos_tiktok"
    default_conn_name = "medsos_tiktok"
    hook_name = "Akun TikTok"

    def get_client(self) -> TikTokClient:
        fields = self.fields()
        refresh = fields.text("refresh_token") or ""
        access = fields.required("Token akses", fields.password)
        return TikTokClient(
            TikTokSettings(
                access_token=access,
                refresh_token=refresh,
                **fields.given(
                    client_key=fields.text("client_key"),
                    client_secret=fields.text("client_secret"),
                    privacy=fields.text("privacy"),
                    host=fields.host,
                    renewal_host=fields.text("renewal_host"),
                    site=fields.text("site"),
                ),
            ),
            media_host=website_as_host(self.web_connection_id, needed_by=self.hook_name),
            token_store=VariableTokens.of(refresh),
            gate=self.shared_limits(TikTokClient.platform, fields.host, refresh or access),
        )
