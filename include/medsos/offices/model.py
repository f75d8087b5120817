"""An office and its brand kit, read from `include/offices/<slug>/`."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from medsos.errors import ConfigError
from medsos.yaml_model import DataModel, load_yaml

Channel = Literal["web", "facebook", "instagram", "x", "tiktok"]
CHANNELS: tuple[Channel, ...] = ("web", "facebook", "instagram", "x", "tiktok")
"""SOP, Penjelasan: WEB, FB, IG, Twitter, Tik Tok; in this order everywhere."""

CHANNEL_NAMES: dict[str, str] = {
    "web": "Website",
    "facebook": "Facebook",
    "instagram": "Instagram",
    "x": "X (Twitter)",
    "tiktok": "TikTok",
}

Role = Literal["admin_medsos", "tim_medsos", "kasubbag", "sekretaris", "analis"]
ROLE_NAMES: dict[str, str] = {
    "admin_medsos": "Admin Medsos",
    "tim_medsos": "Tim Medsos",
    "kasubbag": "Kasubbag Teknis PP, Parhubmas",
    "sekretaris": "Sekretaris",
    "analis": "Analis",
}

_TIME_ZONE_LABELS = {
    "Asia/Jakarta": "WIB",
    "Asia/Pontianak": "WIB",
    "Asia/Makassar": "WITA",
    "Asia/Jayapura": "WIT",
}


class Person(DataModel):
    """Somebody who works with the system. `username` is the name used to log in to Airflow."""

    username: str = Field(pattern=r"^[a-z0-9_.-]+$")
    name: str
    position: str
    roles: list[Role] = Field(min_length=1)
    valid_from: date
    valid_until: date | None = None
    email: str | None = Field(default=None, description="where reminders are mailed to")
    notify: str | None = Field(
        default=None, pattern=r"^[A-Za-z0-9_.-]+$", description="tag of the person's target in Apprise"
    )

    @field_validator("email")
    @classmethod
    def _one_address(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+", value):
            raise ValueError("diharapkan satu alamat surel, misalnya nama@kpu.go.id")
        return value


class ChannelSetup(DataModel):
    """How an office reaches one channel.

    `api`: published through the platform's API; `manual`: a person uploads and reports; `off`: not offered.
    """

    mode: Literal["api", "manual", "off"]
    connection: str = Field(pattern=r"^[a-z0-9_]+$", description="id of the Airflow Connection")
    account: str = Field(description="account name as people see it, for example @kpukotabengkulu")
    link_in_post: bool = Field(default=True, description="may a post carry a link (on X that costs extra)")
    read_back_seconds: list[float] = Field(
        default=[0, 15, 60, 300], min_length=1, description="waits before each look after a lost answer"
    )
    give_up_after_hours: float = Field(
        default=24, gt=0, description="how long a platform that is down is waited for"
    )


class NoticeRules(DataModel):
    """When a waiting form is called to mind, in percent of its step's target (working minutes), and how."""

    reminders: list[Annotated[float, Field(gt=0)]] = Field(
        default=[50, 100], description="to those who may fill the form"
    )
    escalation: float | None = Field(default=200, gt=0, description="to the Sekretaris; null for none")
    review_minutes: float = Field(
        default=2250, gt=0, description="a week's work, within which a review of the SOP is decided on"
    )
    mail: str = Field(default="medsos_mail", pattern=r"^[a-z0-9_]+$", description="id of a Connection")
    apprise: str = Field(default="medsos_apprise", pattern=r"^[a-z0-9_]+$", description="id of a Connection")
    give_up_after_minutes: float = Field(
        default=450, gt=0, description="working minutes for which a notice that failed is tried again"
    )


Days = Annotated[int, Field(ge=1, le=3650)]


class WatchRules(DataModel):
    """When published content is looked at again, in days after it went up, and what is said in advance."""

    metrics_days: list[Days] = Field(
        default=[1, 3, 7, 30, 60, 90, 120, 150, 180], description="when its numbers are read, once each"
    )
    metrics_days_of: dict[Channel, list[Days]] = Field(
        default={}, description="the same for single channels, where reading costs money (X); [] for never"
    )
    links_every_days: Days = Field(default=7, description="how often a link is looked at")
    links_until_days: Days = Field(default=365, description="for how long")
    links_dead_after: int = Field(
        default=2, ge=1, le=30, description="looks in a row that failed before it is told; one a day"
    )
    token_ends_within_days: Days = Field(default=14, description="from when an end of a token is told")

    def days_of(self, channel: Channel) -> list[int]:
        """When the numbers of a channel are read, in order."""
        return sorted(set(self.metrics_days_of.get(channel, self.metrics_days)))


class Office(DataModel):
    """One KPU unit."""

    slug: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    name: str
    short_name: str
    address: str
    city: str
    website: str
    time_zone: str
    sop_version: str
    people: list[Person] = Field(min_length=1)
    channels: dict[Channel, ChannelSetup]
    hashtags: list[str]
    notices: NoticeRules = NoticeRules()
    watch: WatchRules = WatchRules()

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in _TIME_ZONE_LABELS:
            raise ValueError(f"diharapkan salah satu dari {', '.join(_TIME_ZONE_LABELS)}")
        return value

    @field_validator("hashtags")
    @classmethod
    def _with_hash(cls, value: list[str]) -> list[str]:
        for tag in value:
            if not tag.startswith("#") or " " in tag:
                raise ValueError(f"tagar “{tag}”: diharapkan diawali # dan tanpa spasi")
        return value

    @model_validator(mode="after")
    def _complete(self) -> Office:
        if missing := [c for c in CHANNELS if c not in self.channels]:
            raise ValueError(f"kanal {', '.join(missing)} belum diatur; tulis mode: off bila tidak dipakai")
        usernames = [person.username for person in self.people]
        if doubled := {u for u in usernames if usernames.count(u) > 1}:
            raise ValueError(f"username {', '.join(sorted(doubled))} dipakai lebih dari satu kali")
        return self

    @property
    def dag_suffix(self) -> str:
        """The slug as it stands in DAG ids."""
        return self.slug.replace("-", "_")

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def zone_label(self) -> str:
        """WIB, WITA or WIT."""
        return _TIME_ZONE_LABELS[self.time_zone]

    @property
    def offered_channels(self) -> tuple[Channel, ...]:
        """Channels that a request may choose: all that are not switched off."""
        return tuple(channel for channel in CHANNELS if self.channels[channel].mode != "off")

    def holders(self, role: Role, on: date) -> list[Person]:
        """People who hold `role` on that date (local date of the office)."""
        return [
            person
            for person in self.people
            if role in person.roles
            and person.valid_from <= on
            and (person.valid_until is None or on <= person.valid_until)
        ]

    def person(self, username: str) -> Person | None:
        return next((person for person in self.people if person.username == username), None)


class Colours(DataModel):
    """Brand colours as `#rrggbb`."""

    primary: str = Field(pattern=r"^#[0-9a-fA-F]{6}$")
    primary_dark: str = Field(pattern=r"^#[0-9a-fA-F]{6}$")
    accent: str = Field(pattern=r"^#[0-9a-fA-F]{6}$")
    ink: str = Field(pattern=r"^#[0-9a-fA-F]{6}$")
    paper: str = Field(pattern=r"^#[0-9a-fA-F]{6}$")
    muted: str = Field(pattern=r"^#[0-9a-fA-F]{6}$")
    mourning: str = Field(pattern=r"^#[0-9a-fA-F]{6}$")


class Fonts(DataModel):
    """Font files, relative to the brand file's folder."""

    regular: Path
    medium: Path
    bold: Path
    extra_bold: Path


class Brand(DataModel):
    """The brand kit. `provisional` until the values of letter 243/PP.07-SD/09/2022 are entered."""

    provisional: bool
    source: str
    colours: Colours
    fonts: Fonts
    logo: Path
    margin_percent: float = Field(ge=2, le=12, description="of the picture's shorter side")
    tagline: str
    folder: Path = Field(default=Path(), exclude=True)

    def file(self, relative: Path) -> Path:
        """Absolute path of a file of the kit."""
        return self.folder / relative


def load_office(offices_dir: Path, slug: str) -> Office:
    """Read `office.yaml` of one office.

    :raises ConfigError: with file, line, key and what was expected.
    """
    office = load_yaml(offices_dir / slug / "office.yaml", Office)
    if office.slug != slug:
        raise ConfigError(f"office.yaml, kunci slug: diharapkan “{slug}”, sama dengan nama foldernya")
    return office


def load_brand(offices_dir: Path, slug: str) -> Brand:
    """Read `brand.yaml` of one office and check that its files exist.

    :raises ConfigError: with file, line, key and what was expected.
    """
    folder = offices_dir / slug
    brand = load_yaml(folder / "brand.yaml", Brand).model_copy(update={"folder": folder})
    for path in (brand.logo, *(getattr(brand.fonts, name) for name in Fonts.model_fields)):
        if not brand.file(path).is_file():
            raise ConfigError(f"brand.yaml: berkas {path} tidak ada di {folder.name}/")
    return brand


def office_slugs(offices_dir: Path) -> list[str]:
    """Slugs of all offices that have a folder, sorted."""
    return sorted(path.parent.name for path in offices_dir.glob("*/office.yaml"))
