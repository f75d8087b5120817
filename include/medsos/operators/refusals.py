"""Notes in the audit trail that publishing was refused, for whatever reason of approval or seal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from medsos.errors import NotApproved
from medsos.operators.cycle import CycleRun
from medsos.store.audit import append_audit
from medsos.store.session import transaction

REFUSED = "publication.refused"
"""Action in the audit trail."""


@contextmanager
def refusals_on_record(run: CycleRun) -> Iterator[None]:
    """Write one audit row when the block ends with `NotApproved`, and let the error go on."""
    try:
        yield
    except NotApproved as error:
        with transaction() as session:
            append_audit(
                session,
                at=run.clock(),
                actor=run.task_id,
                action=REFUSED,
                cycle_id=run.cycle_id,
                subject=f"kanal {run.channel}",
                after={"reason": str(error)},
            )
        raise
