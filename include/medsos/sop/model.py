"""A version of the procedure: steps, targets, roles and legal basis, read from `include/sop/*.yaml`."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from medsos.errors import ConfigError
from medsos.yaml_model import DataModel, load_yaml

StepKey = Literal["meeting", "design", "approval", "upload", "link", "evaluation"]
STEP_KEYS: tuple[StepKey, ...] = ("meeting", "design", "approval", "upload", "link", "evaluation")
"""The groups of the DAG, in SOP order; the number of a step is its place here, from 1."""

CURRENT_VERSION = "4-ORT.06-1771-2-2023"


class SopStep(DataModel):
    """One row of the flowchart ("Flowchart Prosedur", SOP page 1)."""

    number: int = Field(ge=1, le=6)
    key: StepKey
    name: str
    description: str
    performed_by: list[str] = Field(min_length=1)
    needs: list[str]
    target_minutes: int = Field(gt=0)
    output: str | None


class Origin(DataModel):
    """Where a version comes from that an office's own Sekretaris determined in a review (SOP, Pengesahan 3).

    :param office: slug; the version holds for this office only.
    :param based_on: the version under review; all but the targets is taken from it.
    :param review: key of the half-year that was reviewed.
    :param effective_from: cycles that begin on this day or later, local to the office, follow it.
    """

    office: str
    based_on: str
    review: str
    decided_by: str
    decided_at: datetime
    effective_from: date


class Sop(DataModel):
    """The procedure as it was signed; `version` is the name of its file.

    `origin` is None for a version that came with the system or was entered by hand.
    """

    version: str
    number: str
    title: str
    signed_on: date
    signed_by: str
    steps: list[SopStep] = Field(min_length=6, max_length=6)
    approval_rounds: int = Field(ge=1, le=9)
    reviews_per_year: int = Field(ge=1)
    legal_basis: list[str] = Field(min_length=1)
    notes: list[str] = Field(default_factory=list)
    origin: Origin | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Sop:
        if tuple(step.key for step in self.steps) != STEP_KEYS:
            raise ValueError(f"diharapkan enam langkah berurutan: {', '.join(STEP_KEYS)}")
        if [step.number for step in self.steps] != list(range(1, 7)):
            raise ValueError("diharapkan nomor langkah 1 sampai 6 berurutan")
        return self

    @property
    def total_minutes(self) -> int:
        """Sum of the targets, working minutes."""
        return sum(step.target_minutes for step in self.steps)

    def step(self, key: str) -> SopStep:
        """The step with this key."""
        return next(step for step in self.steps if step.key == key)


def step_of_form(task_id: str) -> str:
    """Key of the step that a form belongs to; a revision is work of step 2, whatever its task's group."""
    return "design" if task_id.endswith(".revise_content") else task_id.split(".", 1)[0]


Folders = Path | tuple[Path, ...]
"""Where versions lie: one folder, or several, of which the first that has a version counts."""


def load_sop(folders: Folders, version: str = CURRENT_VERSION) -> Sop:
    """Read one version of the procedure.

    :raises ConfigError: when the file is missing or wrong.
    """
    places = (folders,) if isinstance(folders, Path) else folders
    having = (place for place in places if (place / f"{version}.yaml").is_file())
    sop = load_yaml(next(having, places[0]) / f"{version}.yaml", Sop)
    if sop.version != version:
        raise ConfigError(f"{version}.yaml, kunci version: diharapkan “{version}”, sama dengan nama berkas")
    return sop
