"""Where things are: folders, database and addresses, from the environment.

Every setting has a default that suits one machine, so nothing needs to be set for `make run`.

| variable | meaning | default |
| --- | --- | --- |
| `MEDSOS_HOME` | state folder: database, archive, intake, Airflow's own files | `.state` in the project |
| `MEDSOS_DATABASE_URL` | SQLAlchemy URL of the record | SQLite in the state folder |
| `MEDSOS_ARCHIVE_URL` | root of the archive, for `ObjectStoragePath` | `archive` in the state folder |
| `MEDSOS_DATA_DIR` | folder with `sop/` and `offices/` | `include/` of the project |
| `MEDSOS_PUBLIC_URL` | address under which people reach the Airflow UI | `http://localhost:8080` |
| `MEDSOS_CHROMIUM` | path of the Chromium that takes screenshots | found by itself |
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PACKAGE_ROOT = Path(__file__).resolve().parent
DEFAULT_DATA_DIR = PACKAGE_ROOT.parent


@dataclass(frozen=True)
class Settings:
    """The settings of this process. Paths are absolute."""

    home: Path
    database_url: str
    archive_url: str
    data_dir: Path
    public_url: str
    chromium: str | None

    @property
    def offices_dir(self) -> Path:
        return self.data_dir / "offices"

    @property
    def sop_dir(self) -> Path:
        """Versions of the procedure that came with the system."""
        return self.data_dir / "sop"

    @property
    def own_sop_dir(self) -> Path:
        """Versions that an office's Sekretaris determined; data of the installation, not of the package."""
        return self.home / "sop"

    @property
    def sop_dirs(self) -> tuple[Path, Path]:
        """Every folder with versions."""
        return self.sop_dir, self.own_sop_dir

    def intake_dir(self, office_slug: str) -> Path:
        """Folder into which the admin puts photos, videos and documents before a request."""
        return self.home / "masuk" / office_slug

    def uploads_dir(self, office_slug: str) -> Path:
        """Files uploaded for requests that are on their way to a cycle, each named by its SHA-256."""
        return self.home / "unggahan" / office_slug

    def draft_dir(self, draft_id: str) -> Path:
        """Files of a draft that was not sent yet."""
        return self.home / "draf" / draft_id

    def working_dir(self, cycle_id: int) -> Path:
        """Local scratch folder of a cycle; everything worth keeping goes to the archive."""
        return self.home / "kerja" / str(cycle_id)


def load_settings(environ: os._Environ[str] | dict[str, str] = os.environ) -> Settings:
    """Read the settings from `environ`."""
    data_dir = Path(environ.get("MEDSOS_DATA_DIR", DEFAULT_DATA_DIR)).resolve()
    home = Path(environ.get("MEDSOS_HOME", data_dir.parent / ".state")).resolve()
    return Settings(
        home=home,
        database_url=environ.get("MEDSOS_DATABASE_URL", f"sqlite:///{home / 'medsos.db'}"),
        archive_url=environ.get("MEDSOS_ARCHIVE_URL", (home / "archive").as_uri()),
        data_dir=data_dir,
        public_url=environ.get("MEDSOS_PUBLIC_URL", "http://localhost:8080").rstrip("/"),
        chromium=environ.get("MEDSOS_CHROMIUM") or None,
    )
