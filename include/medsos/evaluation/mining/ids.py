"""Ids of the objects of an event log: the same thing has the same id in every export."""

from __future__ import annotations


def cycle_key(number: int) -> str:
    return f"siklus:{number}"


def meeting_key(number: int) -> str:
    return f"rapat:{number}"


def round_key(cycle_number: int, round_no: int) -> str:
    return f"siklus:{cycle_number}/putaran:{round_no}"


def publication_key(number: int) -> str:
    return f"unggahan:{number}"


def evidence_key(number: int) -> str:
    return f"bukti:{number}"


def link_key(number: int) -> str:
    return f"tautan:{number}"


def official_key(shown_name: str) -> str:
    return f"pejabat:{shown_name}"
