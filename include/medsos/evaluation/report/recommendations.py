"""Recommends by stated rules: each is a row of `include/evaluation/recommendations.yaml`."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator

from medsos.evaluation.figures.overview import Overview
from medsos.evaluation.report.measures import MEASURES, Case
from medsos.indonesian import number_text, percent_text
from medsos.settings import DEFAULT_DATA_DIR
from medsos.yaml_model import DataModel, load_yaml

_HOLDS: dict[str, Callable[[float, float], bool]] = {
    "above": operator.gt,
    "below": operator.lt,
    "at_least": operator.ge,
}


class Rule(DataModel):
    """When something is recommended, and in which words."""

    key: str = Field(pattern=r"^[a-z_]+$")
    measure: str
    when: Literal["above", "below", "at_least"]
    threshold: float
    unit: Literal["percent", "number"]
    fewest: int = Field(default=1, ge=1, description="cases over fewer cycles are not judged")
    condition: str
    sentence: str

    @field_validator("measure")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in MEASURES:
            raise ValueError(f"diharapkan salah satu dari {', '.join(MEASURES)}")
        return value

    def told(self, value: float) -> str:
        """A value or threshold in a sentence; a value never looks like the threshold it misses."""
        if self.unit == "number":
            return number_text(value)
        whole = percent_text(value)
        if value != self.threshold and whole == percent_text(self.threshold):
            return f"{number_text(100 * value, decimals=2)} %"
        return whole


class RuleBook(DataModel):
    """All rules, in the order in which they are told."""

    rules: list[Rule] = Field(min_length=1)


@dataclass(frozen=True)
class Outcome:
    """One rule, its condition in words, and what it recommends: nothing where it does not hold.

    `judged`: there were enough cases to hold it against.
    """

    key: str
    condition: str
    judged: bool
    sentences: tuple[str, ...]


def load_rules(data_dir: Path) -> tuple[Rule, ...]:
    """The rules of this installation; a data folder without rules of its own uses those that are shipped.

    :param data_dir: `settings.data_dir`.
    :raises ConfigError: with file, line, key and what was expected.
    """
    own = data_dir / "evaluation" / "recommendations.yaml"
    path = own if own.exists() else DEFAULT_DATA_DIR / "evaluation" / "recommendations.yaml"
    return tuple(load_yaml(path, RuleBook).rules)


def recommend(found: Overview, rules: Sequence[Rule]) -> tuple[Outcome, ...]:
    """What became of each rule, also of those that recommend nothing."""
    outcomes = []
    for rule in rules:
        judged = [case for case in MEASURES[rule.measure](found) if case.weight >= rule.fewest]
        cases = [case for case in judged if _HOLDS[rule.when](case.value, rule.threshold)]
        threshold = rule.told(rule.threshold)
        outcomes.append(
            Outcome(
                key=rule.key,
                condition=rule.condition.format(threshold=threshold),
                judged=bool(judged),
                sentences=tuple(_sentence(rule, case, threshold) for case in cases),
            )
        )
    return tuple(outcomes)


def _sentence(rule: Rule, case: Case, threshold: str) -> str:
    return rule.sentence.format(value=rule.told(case.value), threshold=threshold, **case.words)
