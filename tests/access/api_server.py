"""One real API server of Airflow, without scheduler, with every role and something to act on."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from medsos.settings import DEFAULT_DATA_DIR
from medsos.stack.airflow_env import airflow_environment
from medsos.stack.config import OPERATOR, SIMPLE_ROLES, USERS, StackConfig
from medsos.stack.fab_users import ROLES_FILE
from medsos.stack.ports import free_port
from medsos.stack.secret_files import passwords

HERE = Path(__file__).parent
DAG_ID = "content_cycle__kota_bengkulu"
REVIEW, RECAP = "sop_review__kota_bengkulu", "evaluation__kota_bengkulu"
FAB = "airflow.providers.fab.auth_manager.fab_auth_manager.FabAuthManager"
PEOPLE = (*USERS, "tim")
"""Those of the shipped office, and somebody who is only in the team."""

READY_SECONDS = 180
STEP_SECONDS = 300
REQUEST = {
    "title": "Uji hak akses",
    "content_type": "sosialisasi_tahapan",
    "body": "KPU Kota Bengkulu mengajak pemilih pemula mengenali tahapan pemilu.",
    "channels": ["web"],
}


@dataclass
class ApiServer:
    """:param manager: simple or fab."""

    manager: str
    folder: Path
    env: dict[str, str] = field(default_factory=dict)
    known: dict[str, Any] = field(default_factory=dict)
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Make the databases, accounts and records, then start the server."""
        home = self.folder / "state"
        config = StackConfig(home=home, port=free_port(), sandbox=False)
        self.url = config.local_url
        config.airflow_home.mkdir(parents=True)
        self._data = _office_with_a_team_member(self.folder / "include")
        self.passwords = passwords(config.secrets_dir / "sandi.json", list(PEOPLE))
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("AIRFLOW", "MEDSOS"))}
        self.env = airflow_environment(config, clean)
        self.env["MEDSOS_DATA_DIR"] = str(self._data)
        self.env["PYTHONPATH"] = os.pathsep.join(str(path) for path in (HERE.parent, HERE.parent / "web"))
        roles = {**USERS, "tim": SIMPLE_ROLES["tim_medsos"]}
        self.env["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS"] = ",".join(
            f"{name}:{role}" for name, role in roles.items()
        )
        commands = [["db", "migrate"], ["dags", "reserialize"]]
        if self.manager == "fab":
            self.env["AIRFLOW__CORE__AUTH_MANAGER"] = FAB
            commands += [
                ["sync-perm"],
                ["roles", "import", str(ROLES_FILE)],
                ["roles", "export", str(self.exported_roles)],
            ]
        self._script("airflow_commands.py", json.dumps(commands))
        self.known = json.loads(
            self._script("people_and_records.py", self.manager, json.dumps(self.passwords))
        )
        with (self.folder / "api-server.log").open("wb") as log:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "airflow",
                    "api-server",
                    "--host",
                    "127.0.0.1",
                    "--port",
                    str(config.port),
                ],
                env=self.env,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._wait_ready()
        self.people = {"": Person(self.url, None)} | {
            name: Person(self.url, self._token(name)) for name in PEOPLE
        }
        own = [own_run(name) for name in self.people]
        for dag_id, conf, runs in ((DAG_ID, REQUEST, [*self.known["runs"], *own]), (REVIEW, {}, own)):
            for run_id in runs:
                answer = self.people[OPERATOR].send(
                    "POST",
                    f"/api/v2/dags/{dag_id}/dagRuns",
                    json={"dag_run_id": run_id, "logical_date": None, "conf": conf},
                )
                assert answer.status_code == 200, answer.text
        connection = {"connection_id": "medsos_web", "conn_type": "medsos_web"}
        answer = self.people[OPERATOR].send("POST", "/api/v2/connections", json=connection)
        assert answer.status_code == 201, answer.text
        self._script("park_forms.py", json.dumps(self._forms()))

    @property
    def exported_roles(self) -> Path:
        """What Airflow itself made of the roles file, before anything else touched the roles."""
        return self.folder / "roles-exported.json"

    def stop(self) -> None:
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def _script(self, name: str, *arguments: str) -> str:
        """Run a script of this folder inside the installation; returns the last line that it said."""
        done = subprocess.run(
            [sys.executable, str(HERE / name), *arguments],
            env=self.env,
            capture_output=True,
            text=True,
            timeout=STEP_SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
        return done.stdout.splitlines()[-1]

    def _wait_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while True:
            try:
                if requests.get(f"{self.url}/api/v2/version", timeout=5).ok:
                    return
            except requests.ConnectionError:
                time.sleep(0.5)
            assert time.monotonic() < deadline, (self.folder / "api-server.log").read_text()[-3000:]

    def _token(self, name: str) -> str:
        who = {"username": name, "password": self.passwords[name]}
        answer = requests.post(f"{self.url}/auth/token", json=who, timeout=30)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["access_token"])

    def _forms(self) -> list[dict[str, Any]]:
        """DAG, run, task, and to whom the form is assigned."""
        ids = self.known["ids"]

        def form(run_id: str, task_id: str, *names: str, dag_id: str = DAG_ID) -> dict[str, Any]:
            people = [{"id": ids[name], "name": name} for name in names] or [{"id": "-", "name": "-"}]
            return {"dag_id": dag_id, "run_id": run_id, "task_id": task_id, "people": people}

        approval, upload = self.known["runs"]
        return [
            form(approval, "approval.round_1.await_decision", "kasubbag"),
            form(upload, "upload.publish_facebook", "admin", "tim"),
            *(form(own_run(name), "design.plan_content", name) for name in PEOPLE),
            *(form(own_run(name), "meeting.record_minutes") for name in PEOPLE),
            *(form(own_run(name), "await_signature", "sekretaris", dag_id=REVIEW) for name in PEOPLE),
        ]


class Person:
    """A client that is logged in, or with `token` None is not."""

    def __init__(self, url: str, token: str | None) -> None:
        self._url = url
        self._headers = {} if token is None else {"Authorization": f"Bearer {token}"}

    def send(self, method: str, path: str, **arguments: Any) -> requests.Response:
        headers = {**arguments.pop("headers", {}), **self._headers}
        return requests.request(
            method, self._url + path, headers=headers, timeout=60, allow_redirects=False, **arguments
        )


def own_run(name: str) -> str:
    """The run on which this person tries everything."""
    return f"uji-{name or 'anonim'}"


def _office_with_a_team_member(target: Path) -> Path:
    shutil.copytree(DEFAULT_DATA_DIR / "sop", target / "sop")
    shutil.copytree(DEFAULT_DATA_DIR / "offices", target / "offices")
    file = target / "offices" / "kota-bengkulu" / "office.yaml"
    member = (
        "people:\n  - username: tim\n    name: Tim Medsos (contoh)\n    position: Tim Medsos\n"
        "    roles: [tim_medsos]\n    valid_from: 2023-01-02\n"
    )
    file.write_text(file.read_text(encoding="utf-8").replace("people:\n", member, 1), encoding="utf-8")
    return target
