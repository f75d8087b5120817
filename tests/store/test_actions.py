"""The audit trail speaks Indonesian: every action that the code writes has a name and a kind."""

from __future__ import annotations

import ast
from pathlib import Path

import medsos
from medsos.store.actions import ACTIONS, KINDS, action_of

PACKAGE = Path(medsos.__file__).parent
WRITERS = ("append_audit", "audit_answer")


def actions_written() -> set[str]:
    """Every `action=` with which the package writes to the trail."""
    found = set()
    for file in PACKAGE.rglob("*.py"):
        tree = ast.parse(file.read_text())
        constants = {
            node.targets[0].id: node.value.value
            for node in tree.body
            if isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and isinstance(node.value, ast.Constant)
        }
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            if isinstance(call.func, ast.Name) and call.func.id in WRITERS:
                given = {keyword.arg: keyword.value for keyword in call.keywords}
                found |= {_text(part, constants) for part in _choices(given["action"])} - {""}
    return found


def _choices(node: ast.expr) -> list[ast.expr]:
    return [node.body, node.orelse] if isinstance(node, ast.IfExp) else [node]


def _text(node: ast.expr, constants: dict[str, object]) -> str:
    value = node.value if isinstance(node, ast.Constant) else constants.get(getattr(node, "id", ""), "")
    return str(value)


def test_every_action_that_is_written_has_an_indonesian_name() -> None:
    written = actions_written()
    assert len(written) > 12
    assert written - ACTIONS.keys() == set()


def test_every_action_belongs_to_a_kind_that_the_page_offers() -> None:
    assert {action.kind for action in ACTIONS.values()} <= KINDS.keys()


def test_what_a_later_version_wrote_is_shown_under_its_own_name() -> None:
    assert (action_of("x.y").name, action_of("x.y").kind) == ("x.y", "lain")
