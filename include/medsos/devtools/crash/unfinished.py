"""Keeps what an interrupted run of the matrix has found, so that the next one goes on from there.

Only for the very same code: any other line of it may change any outcome.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Iterator, Sequence
from pathlib import Path

from medsos.devtools.crash.matrix import Campaign, Tally, Trial
from medsos.settings import PACKAGE_ROOT


class Unfinished:
    """The tallies of one state of the code, in a file that grows.

    :param folder: made if missing. Read as pickles: nobody else may write there.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = folder / f"{_fingerprint()}.pickle"

    def known(self, wanted: Sequence[Campaign]) -> list[Tally]:
        """What is known already of the campaigns that are wanted; not those that missed a boundary."""
        by_name = {campaign.name: campaign for campaign in wanted}
        entries = list(self._entries())
        # Without an entry that was cut off, so that what follows it can be read.
        self._file.write_bytes(b"".join(pickle.dumps(entry) for entry in entries))
        found = {name: trials for name, trials in entries if name in by_name}
        tallies = [Tally(by_name[name], trials) for name, trials in found.items()]
        return [tally for tally in tallies if not tally.missed]

    def keep(self, tally: Tally) -> None:
        with self._file.open("ab") as file:
            pickle.dump((tally.campaign.name, tally.trials), file)

    def forget(self) -> None:
        """All is done: the next run begins anew."""
        self._file.unlink(missing_ok=True)

    def _entries(self) -> Iterator[tuple[str, tuple[Trial, ...]]]:
        if not self._file.exists():
            return
        with self._file.open("rb") as file:
            while True:
                try:
                    yield pickle.load(file)  # noqa: S301  written by `keep`
                except (EOFError, pickle.UnpicklingError):
                    return


def _fingerprint() -> str:
    code = hashlib.sha256()
    for path in sorted(PACKAGE_ROOT.rglob("*.py")):
        code.update(path.relative_to(PACKAGE_ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return code.hexdigest()
