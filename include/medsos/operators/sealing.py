"""The seal of a round over the bytes that lie in the archive at this moment."""

from __future__ import annotations

import hashlib

from medsos.operators.cycle import CycleRun


def seal_now(run: CycleRun, round_no: int) -> str:
    """SHA-256 (hex) of the round, with every file read and hashed again.

    :raises NotApproved: the round has no designs.
    :raises EvidenceError: a file is missing from the archive.
    """
    from medsos.approval.seal import compute_seal, designs_of_round, title_of_round
    from medsos.store.session import transaction

    def hash_of_file(path: str) -> str:
        return hashlib.sha256(run.archive.read(path)).hexdigest()

    with transaction() as session:
        designs = designs_of_round(session, run.cycle_id, round_no)
        title = title_of_round(session, run.cycle_id, round_no)
    return compute_seal(designs, cycle_id=run.cycle_id, title=title, hash_of_file=hash_of_file)
