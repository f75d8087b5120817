"""Reads a YAML file into a pydantic model and says precisely where a mistake is."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from yaml.reader import ReaderError

from medsos.errors import ConfigError


class DataModel(BaseModel):
    """Base of all data files: unknown keys are mistakes, values cannot be changed in memory."""

    model_config = ConfigDict(extra="forbid", frozen=True)


M = TypeVar("M", bound=BaseModel)

_EXPECTED = {
    "missing": "kunci ini wajib ada",
    "extra_forbidden": "kunci ini tidak dikenal; periksa ejaannya",
    "string_type": "diharapkan teks",
    "int_type": "diharapkan bilangan bulat",
    "int_parsing": "diharapkan bilangan bulat",
    "float_type": "diharapkan bilangan",
    "bool_type": "diharapkan true atau false",
    "list_type": "diharapkan daftar",
    "dict_type": "diharapkan pasangan kunci dan nilai",
    "date_from_datetime_parsing": "diharapkan tanggal, misalnya 2026-01-31",
    "date_parsing": "diharapkan tanggal, misalnya 2026-01-31",
}


def load_yaml(path: Path, model: type[M]) -> M:
    """Read `path` as `model`.

    :raises ConfigError: with file, line, key and what was expected, one line per mistake.
    """
    text = _text_of(path)
    try:
        loader = yaml.CSafeLoader(text)
        tree = loader.get_single_node()
        raw = loader.construct_document(tree) if tree is not None else {}
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigError(f"{path.name} baris {line}: bukan YAML yang sah ({error.problem})") from None
    except ReaderError as error:
        line = 1 + text[: text.find(chr(error.character))].count("\n")
        raise ConfigError(
            f"{path.name} baris {line}: ada tanda yang tidak dapat dibaca (kode {error.character}); "
            "hapus dan ketik ulang"
        ) from None
    try:
        return model.model_validate({} if raw is None else raw)
    except ValidationError as error:
        lines = [_sentence(path, tree, item["loc"], item["type"], item) for item in error.errors()]
        raise ConfigError("\n".join(lines)) from None


def _text_of(path: Path) -> str:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise ConfigError(f"{path.name}: berkas tidak ditemukan di {path.parent}") from None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = 1 + content[: error.start].count(b"\n")
        raise ConfigError(
            f"{path.name} baris {line}: disimpan bukan sebagai UTF-8; simpan ulang dengan pengodean UTF-8"
        ) from None


def _sentence(path: Path, tree: yaml.Node | None, loc: tuple[int | str, ...], kind: str, item: object) -> str:
    key = ".".join(str(part) for part in loc) or "(seluruh berkas)"
    details = item if isinstance(item, dict) else {}
    if kind in ("literal_error", "enum"):
        expected = f"diharapkan salah satu dari {details['ctx']['expected'].replace(' or ', ' atau ')}"
    elif kind == "value_error":
        expected = str(details["ctx"]["error"])
    else:
        expected = _EXPECTED.get(kind) or str(details.get("msg", kind))
    return f"{path.name} baris {_line_of(tree, loc)}, kunci {key}: {expected}"


def _line_of(tree: yaml.Node | None, loc: tuple[int | str, ...]) -> int:
    """Line (from 1) of the deepest node of `loc` that exists in the file."""
    node, line = tree, 1 if tree is None else tree.start_mark.line + 1
    for part in loc:
        child = None
        if isinstance(node, yaml.MappingNode):
            for key_node, value_node in node.value:
                if key_node.value == str(part):
                    child, line = value_node, key_node.start_mark.line + 1
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            child = node.value[part]
            line = child.start_mark.line + 1
        if child is None:
            break
        node = child
    return line
