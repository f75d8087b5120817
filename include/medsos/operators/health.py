"""The tasks that look at links and tokens every night; what they find is told in working hours (`watch`)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowFailException

from medsos.operators.engagement import AGAIN, ReadingRetryPolicy
from medsos.operators.retries import SURVIVED_KILLS


class _NightlyOperator(BaseOperator):
    """:param office: slug of the office."""

    ui_color = "#e4ecf7"

    def __init__(self, *, office: str, **kwargs: Any) -> None:
        super().__init__(
            **{
                "retries": SURVIVED_KILLS,
                "retry_policy": ReadingRetryPolicy(),
                "retry_delay": AGAIN,
                **kwargs,
            }
        )
        self.office = office

    def load(self) -> Any:
        """:raises AirflowFailException: a mistake in the office's file."""
        from medsos.errors import ConfigError
        from medsos.offices.model import load_office
        from medsos.settings import load_settings

        try:
            return load_office(load_settings().offices_dir, self.office)
        except ConfigError as error:
            raise AirflowFailException(str(error)) from None


class CheckLinksOperator(_NightlyOperator):
    """Looks at the links that are due, training platforms included, and keeps which of them have died."""

    def execute(self, context: Any) -> None:
        from medsos.clock import utc_now
        from medsos.evidence.archive import Archive
        from medsos.hooks.archive import open_archive_root
        from medsos.links.watching import dead_links, look_at_links
        from medsos.notices.findings import Found, keep_findings
        from medsos.store.session import transaction

        office = self.load()
        found = look_at_links(office, utc_now, Archive(open_archive_root()).exists)
        now = utc_now()
        with transaction() as session:
            dead = [
                Found(one.link.subject, one.problem, one.link.cycle_id, one.since)
                for one in dead_links(session, office, now)
            ]
            opened, ended = keep_findings(session, office.slug, "link_dead", dead, now)
        failed = sum(not status.alive for status in found)
        self.log.info(
            "Tautan: %s dilihat, %s tidak menjawab; baru dinyatakan mati: %s; pulih: %s",
            len(found),
            failed,
            opened,
            ended,
        )


class CheckTokensOperator(_NightlyOperator):
    """Asks every platform of the office how the credentials stand; a channel out of reach stays as it was."""

    def execute(self, context: Any) -> None:
        from medsos.clock import utc_now
        from medsos.hooks.doctor import examine_office
        from medsos.hooks.token_health import token_health
        from medsos.notices.findings import Found, keep_findings
        from medsos.store.session import transaction

        office = self.load()
        now = utc_now()
        within = timedelta(days=office.watch.token_ends_within_days)
        health = [token_health(one, within) for one in examine_office(office, now)]
        # A channel that is no longer published on through the API has no token to worry about.
        asked = {one.channel for one in health}
        known = {one.channel for one in health if one.known} | (set(office.channels) - asked)
        refused = [Found(one.channel, one.refused) for one in health if one.refused]
        ends = [Found(one.channel, one.ends) for one in health if one.ends]
        # A token that is refused tells no end any more, and has not become a good one by that.
        tell_an_end = known - {one.subject for one in refused}
        with transaction() as session:
            first = keep_findings(session, office.slug, "token_refused", refused, now, looked_at=known)
            second = keep_findings(session, office.slug, "token_ends", ends, now, looked_at=tell_an_end)
        self.log.info("Token ditolak: baru %s, pulih %s; segera berakhir: baru %s, pulih %s", *first, *second)
        for one in health:
            if not one.known:
                self.log.warning(
                    "%s tidak dapat diperiksa malam ini; keadaannya dianggap tetap.", one.channel
                )
