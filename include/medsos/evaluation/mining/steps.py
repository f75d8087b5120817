"""Names of the SOP steps, as the version says under which a cycle ran."""

from __future__ import annotations

from medsos.evaluation.mining.vocabulary import BEFORE_STEPS
from medsos.sop.model import Folders, load_sop


class StepNames:
    """Reads each version of the procedure once.

    :param folders: those with the versions.
    """

    def __init__(self, folders: Folders) -> None:
        self._folders = folders
        self._names: dict[str, dict[int, str]] = {}

    def name(self, version: str, step_no: int) -> str:
        """The name of a step, or what stands for the time before step 1.

        :raises ConfigError: the version's file is missing or wrong.
        """
        if version not in self._names:
            sop = load_sop(self._folders, version)
            self._names[version] = {0: BEFORE_STEPS, **{step.number: step.name for step in sop.steps}}
        return self._names[version][step_no]
