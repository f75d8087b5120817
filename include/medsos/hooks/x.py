"""Connection type `medsos_x`: an X account."""

from __future__ import annotations

from typing import Any

from medsos.channels.x.client import XClient, XSettings
from medsos.hooks.base import ChannelHook
from medsos.hooks.tokens import VariableTokens

_OAUTH1 = {
    "consumer_key": "Consumer key",
    "consumer_secret": "Consumer secret",
    "access_token": "Access token",
    "access_secret": "Access token secret",
}


class XHook(ChannelHook):
    """OAuth 1.0a keys, or an OAuth 2.0 user token, which goes before them."""

    channel = "x"
    conn_type = "medsos_x"
    default_conn_name = "medsos_x"
    hook_name = "Akun X (Twitter)"

    def get_client(self) -> XClient:
        fields = self.fields()
        common = fields.given(
            host=fields.host,
            renewal_host=fields.text("renewal_host"),
            site=fields.text("site"),
            fields_parameter=fields.text("fields_parameter"),
        )
        if bearer := fields.text("bearer_token"):
            refresh = fields.text("refresh_token") or ""
            client = fields.given(
                client_id=fields.text("client_id"), client_secret=fields.text("client_secret")
            )
            settings = XSettings(bearer_token=bearer, refresh_token=refresh, **client, **common)
            gate = self.shared_limits(XClient.platform, fields.host, refresh or bearer)
            return XClient(settings, token_store=VariableTokens.of(refresh), gate=gate)
        keys: dict[str, Any] = {
            name: fields.required(label, fields.text(name)) for name, label in _OAUTH1.items()
        }
        gate = self.shared_limits(XClient.platform, fields.host, keys["access_token"])
        return XClient(XSettings(**keys, **common), gate=gate)
