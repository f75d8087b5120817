"""Builds what is forwarded after an upload: a page with all links, share texts, a QR code (SOP step 5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import segno
from jinja2 import Environment, PackageLoader, StrictUndefined

from medsos.embedding import font_uri, picture_uri
from medsos.offices.model import CHANNEL_NAMES, CHANNELS, Brand

PICTURE_SIDE = 1080
MAIN_CHANNEL = "web"
"""Its permalink stands for the whole cycle: the office's own address outlives the platforms'."""

_templates = Environment(
    loader=PackageLoader("medsos.links"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True)
class PostLink:
    """The permalink of one post. `account` is the name that people see there, may be empty."""

    channel: str
    address: str
    account: str = ""

    @property
    def channel_name(self) -> str:
        return CHANNEL_NAMES.get(self.channel, self.channel)

    @property
    def short_address(self) -> str:
        """Address without scheme, for reading."""
        return self.address.removeprefix("https://").removeprefix("http://").removeprefix("www.")

    @property
    def is_web_address(self) -> bool:
        """Only such an address may become a link."""
        return urlsplit(self.address).scheme in ("http", "https")


@dataclass(frozen=True)
class ShareTexts:
    """Texts to forward, and the address that opens WhatsApp with its text filled in."""

    whatsapp: str
    plain: str

    @property
    def whatsapp_address(self) -> str:
        return f"https://wa.me/?text={quote(self.whatsapp, safe='')}"


@dataclass(frozen=True)
class LinkPageContent:
    """What the page shows.

    :param summary: one to three sentences, may be empty. :param date_text: Indonesian date, ready to show.
    :param picture: the design that stands for the post, JPEG or PNG; None leaves it out.
    :param training: the links lead to training platforms, and the page says so.
    """

    title: str
    summary: str
    office_name: str
    website: str
    date_text: str
    links: tuple[PostLink, ...]
    picture: bytes | None = None
    picture_alt: str = ""
    hashtags: tuple[str, ...] = ()
    training: bool = False


def in_order(links: Sequence[PostLink]) -> tuple[PostLink, ...]:
    """Links in the SOP's order of channels."""
    return tuple(
        sorted(links, key=lambda link: CHANNELS.index(link.channel) if link.channel in CHANNELS else 99)
    )


def main_link(links: Sequence[PostLink]) -> PostLink:
    """The link that goes into the QR code: the website's, otherwise the first.

    :raises ValueError: there is no link at all.
    """
    if not links:
        raise ValueError("Belum ada postingan yang tayang, jadi belum ada tautan yang dapat dibagikan.")
    ordered = in_order(links)
    return next((link for link in ordered if link.channel == MAIN_CHANNEL), ordered[0])


def share_texts(content: LinkPageContent) -> ShareTexts:
    """The texts to forward. WhatsApp marks the title with asterisks; both carry every link."""
    lines = [f"{link.channel_name}: {link.address}" for link in in_order(content.links)]
    rest = [content.summary, "\n".join(lines), " ".join(content.hashtags)]
    warning = ["[MODE LATIHAN – bukan unggahan resmi]"] if content.training else []

    def joined(title: str) -> str:
        return "\n\n".join(part for part in [*warning, title, *rest] if part)

    # A star or underscore within the title would end WhatsApp's bold type half-way.
    bold = content.title.replace("*", "").strip()
    return ShareTexts(whatsapp=joined(f"*{bold}*"), plain=joined(content.title))


def qr_code(address: str) -> segno.QRCode:
    """QR code of an address, with enough correction to be read from a printed sheet."""
    return segno.make(address, error="m", micro=False)


def build_link_page(content: LinkPageContent, brand: Brand) -> str:
    """The page as one HTML file that needs nothing else.

    :raises ValueError: there is no link at all.
    """
    main = main_link(content.links)
    return _templates.get_template("page.html.j2").render(
        content=content,
        links=in_order(content.links),
        main=main,
        texts=share_texts(content),
        picture=picture_uri(content.picture, longest_side=PICTURE_SIDE) if content.picture else None,
        qr_svg=qr_code(main.address).svg_inline(scale=5, border=3, omitsize=True, dark="#000", light="#fff"),
        colours=brand.colours,
        fonts={
            400: font_uri(brand.file(brand.fonts.regular)),
            700: font_uri(brand.file(brand.fonts.bold)),
            800: font_uri(brand.file(brand.fonts.extra_bold)),
        },
    )
