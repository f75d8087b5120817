"""Brand, photos and shortcuts that the design tests share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from PIL import Image

from medsos.design.model import DesignFields, DesignRequest
from medsos.design.painter import Composition
from medsos.design.render import compose
from medsos.design.samples import sample_fields
from medsos.offices.model import Brand, load_brand
from medsos.settings import DEFAULT_DATA_DIR


@pytest.fixture(scope="session")
def brand() -> Brand:
    return load_brand(DEFAULT_DATA_DIR / "offices", "kota-bengkulu")


@pytest.fixture(scope="session")
def photos(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Difficult photos by name: dark, white, busy; four plain colours; one with a face."""
    folder = tmp_path_factory.mktemp("photos")
    dots = np.random.default_rng(3).integers(0, 256, (45, 60, 3), dtype=np.uint8)
    pictures = {
        "dark": Image.new("RGB", (1500, 1000), (6, 6, 9)),
        "white": Image.new("RGB", (1000, 1500), "white"),
        "busy": Image.fromarray(dots).resize((1200, 900), Image.Resampling.NEAREST),
        "blue": Image.new("RGB", (900, 600), (20, 60, 220)),
        "green": Image.new("RGB", (900, 600), (20, 180, 60)),
        "violet": Image.new("RGB", (900, 600), (150, 30, 200)),
        "cyan": Image.new("RGB", (900, 600), (0, 200, 210)),
    }
    paths = {}
    for name, picture in pictures.items():
        paths[name] = folder / f"{name}.png"
        picture.save(paths[name])
    # Rear Admiral Hopper, a public-domain portrait of the US Navy that matplotlib ships.
    paths["face"] = Path(matplotlib.get_data_path()) / "sample_data" / "grace_hopper.jpg"
    return paths


@pytest.fixture(scope="session")
def design(brand: Brand) -> Callable[..., Composition]:
    """Compose a design of a type and channel from the sample words, with some fields replaced."""

    def make(content_type: str, channel: str, **changes: object) -> Composition:
        return compose(request_for(brand, content_type, channel, **changes))

    return make


def request_for(brand: Brand, content_type: str, channel: str, **changes: object) -> DesignRequest:
    sample = sample_fields(content_type)
    values = {name: getattr(sample, name) for name in DesignFields.__dataclass_fields__} | changes
    return DesignRequest(content_type, channel, brand, DesignFields(**values))  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def request_of(brand: Brand) -> Callable[..., DesignRequest]:
    def make(content_type: str, channel: str, **changes: object) -> DesignRequest:
        return request_for(brand, content_type, channel, **changes)

    return make
