"""Run inside an installation: several of Airflow's own commands in one process, which starts slowly."""

from __future__ import annotations

import json
import sys

from airflow.cli import cli_parser


def main(commands: list[list[str]]) -> None:
    parser = cli_parser.get_parser()
    for command in commands:
        arguments = parser.parse_args(command)
        arguments.func(arguments)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
    sys.stdout.write("\nselesai\n")
