"""Connection type `medsos_facebook`: a Facebook Page."""

from __future__ import annotations

from medsos.channels.facebook.client import FacebookClient, FacebookSettings
from medsos.channels.facebook.numbers import INSIGHTS, parse_insights
from medsos.hooks.base import ChannelHook


class FacebookHook(ChannelHook):
    """Page id and page access token."""

    channel = "facebook"
    conn_type = "medsos_facebook"
    default_conn_name = "medsos_facebook"
    hook_name = "Halaman Facebook"

    def get_client(self) -> FacebookClient:
        fields = self.fields()
        insights = fields.text("insights")
        where = f"Connection “{self.medsos_conn_id}”, isian Metrik wawasan"
        page_id = fields.required("Nomor Halaman", fields.text("page_id"))
        return FacebookClient(
            FacebookSettings(
                page_id=page_id,
                token=fields.required("Token Halaman", fields.password),
                app_secret=fields.text("app_secret"),
                app_id=fields.text("app_id"),
                insights=parse_insights(insights, where=where) if insights else INSIGHTS,
                # Another API host without an upload host of its own takes the uploads as well.
                **fields.given(
                    host=fields.host,
                    site=fields.text("site"),
                    video_host=fields.text("video_host") or fields.host,
                    version=fields.text("version"),
                ),
            ),
            gate=self.shared_limits(FacebookClient.platform, fields.host, page_id),
        )
