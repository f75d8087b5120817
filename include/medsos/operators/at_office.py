"""What a task finds at its office: settings, data, brand and archive, each read when first met."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from medsos.settings import Settings, load_settings

if TYPE_CHECKING:
    from medsos.evidence.archive import Archive
    from medsos.offices.model import Brand, Office


class AtOffice:
    """Base of a task at work; `office_slug` is set by whoever derives from it."""

    office_slug: str

    @cached_property
    def settings(self) -> Settings:
        return load_settings()

    @cached_property
    def office(self) -> Office:
        """:raises ConfigError: the office's file is missing or wrong."""
        from medsos.offices.model import load_office

        return load_office(self.settings.offices_dir, self.office_slug)

    @cached_property
    def brand(self) -> Brand:
        """:raises ConfigError: as `office`."""
        from medsos.offices.model import load_brand

        return load_brand(self.settings.offices_dir, self.office_slug)

    @cached_property
    def archive(self) -> Archive:
        from medsos.evidence.archive import Archive
        from medsos.hooks.archive import open_archive_root

        return Archive(open_archive_root())
