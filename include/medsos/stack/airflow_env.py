"""Turns a stack's configuration into the environment variables of its Airflow."""

from __future__ import annotations

import os
from collections.abc import Mapping

from medsos.stack import secret_files
from medsos.stack.config import USERS, StackConfig

RECOVERY = {
    # A living task gives a sign every 5 s. Six missed ones: its worker is dead, and the next try may begin.
    "task_instance_heartbeat_timeout": "30",
    "task_instance_heartbeat_timeout_detection_interval": "5",
    # A scheduler that was killed counts as dead after 30 s; its tasks are then taken over at the next look.
    "orphaned_tasks_check_interval": "15",
}
"""Scheduler settings by which a killed worker or scheduler is made up for within two minutes.

Airflow's own values add up to more than ten minutes. `docker-compose.yaml` has the same, and those of the
queue besides.
"""


def airflow_environment(config: StackConfig, base: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The whole environment of every service of a stack on one machine.

    Makes the keys and passwords on the first call. Settings of `base` that this function does not
    make stay as they are, so an operator may add their own (`AIRFLOW__SMTP__…`).
    """
    keys = secret_files.keys(config.secrets_dir / "kunci.json")
    password_file = config.secrets_dir / "sandi.json"
    secret_files.passwords(password_file, list(USERS))
    sections: dict[str, dict[str, str]] = {
        "core": {
            "dags_folder": str(config.dags_dir),
            "plugins_folder": str(config.plugins_dir),
            "executor": "medsos.stack.local_executor.ProcessPerTaskExecutor",
            "parallelism": str(config.parallelism),
            "load_examples": "False",
            "dags_are_paused_at_creation": "False",
            "default_timezone": "Asia/Jakarta",
            "test_connection": "Enabled",
            "fernet_key": keys["fernet"],
            "execution_api_server_url": f"{config.local_url}/execution/",
            "auth_manager": "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager",
            "simple_auth_manager_users": ",".join(f"{name}:{role}" for name, role in USERS.items()),
            "simple_auth_manager_all_admins": "False",
            "simple_auth_manager_passwords_file": str(password_file),
        },
        "database": {"sql_alchemy_conn": f"sqlite:///{config.airflow_home / 'airflow.db'}"},
        "api": {
            "host": config.host,
            "port": str(config.port),
            "workers": "1",
            "base_url": config.shown_url,
            "instance_name": "medsos KPU",
            "secret_key": keys["session"],
        },
        "api_auth": {"jwt_secret": keys["jwt"]},
        "logging": {
            "base_log_folder": str(config.airflow_home / "logs"),
            "dag_processor_child_process_log_directory": str(config.airflow_home / "logs" / "dag_processor"),
            "colored_console_log": "False",
        },
        "scheduler": {"scheduler_heartbeat_sec": "2", "scheduler_idle_sleep_time": "0.5", **RECOVERY},
        "dag_processor": {"refresh_interval": "30", "parsing_processes": "1"},
    }
    ours = {
        f"AIRFLOW__{section}__{key}".upper(): value
        for section, settings in sections.items()
        for key, value in settings.items()
    }
    return {
        **base,
        **ours,
        "AIRFLOW_HOME": str(config.airflow_home),
        "MEDSOS_HOME": str(config.home),
        "MEDSOS_PUBLIC_URL": config.shown_url,
        "PYTHONUNBUFFERED": "1",
    }
