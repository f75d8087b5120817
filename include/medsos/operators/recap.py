"""The monthly recap: the table after every cycle, report and exports in the archive when a month is over."""

from __future__ import annotations

from typing import Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from medsos.errors import MedsosError
from medsos.operators.periods import PeriodRun, months_of_run


class RefreshRecapOperator(BaseOperator):
    """Computes the rows of the months of this run anew; the same cycles give the same rows.

    :param office: slug of the office.
    """

    ui_color = "#e9e2f5"

    def __init__(self, *, office: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.office = office

    def execute(self, context: Any) -> None:
        from medsos.operators.period_papers import refresh_recap

        run = PeriodRun(self.office)
        for month in months_of_run(context, run.office.zone):
            run.require_use(month)
            refresh_recap(run, month)
            self.log.info("Rekap %s diperbarui.", month.name)


class ArchiveMonthOperator(BaseOperator):
    """Archives report and exports of the months of this run that are over; unchanged ones stay.

    :param office: slug of the office.
    """

    ui_color = "#e9e2f5"

    def __init__(self, *, office: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.office = office

    def execute(self, context: Any) -> None:
        from medsos.operators.period_papers import archive_papers

        run = PeriodRun(self.office)
        over = [month for month in months_of_run(context, run.office.zone) if run.is_over(month)]
        if not over:
            raise AirflowSkipException("Bulannya belum berakhir; laporannya dibuat pada akhir bulan.")
        for month in over:
            try:
                files = archive_papers(run, month)
            except MedsosError as error:
                raise AirflowFailException(str(error)) from None
            self.log.info("%s: %s berkas di arsip", month.name, len(files))
