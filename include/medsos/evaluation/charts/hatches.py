"""Draws the hatches of an SVG as lines: browsers print SVG patterns as coarse pixels."""

from __future__ import annotations

import math
import re
from xml.etree import ElementTree as ET

_SVG = "http://www.w3.org/2000/svg"
_LINK = "http://www.w3.org/1999/xlink"
_FILL = re.compile(r"fill: url\(#([^)]+)\)")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")

ET.register_namespace("", _SVG)
ET.register_namespace("xlink", _LINK)


def as_lines(svg: str) -> str:
    """The same picture without a `<pattern>`: each shape filled with one clips the tiles laid below it.

    :param svg: as matplotlib writes it, whose hatched shapes are polygons.
    """
    root = ET.fromstring(svg)  # noqa: S314  our own drawing
    patterns = {pattern.get("id"): pattern for pattern in root.iter(f"{{{_SVG}}}pattern")}
    definitions = ET.SubElement(root, f"{{{_SVG}}}defs")
    for name, pattern in patterns.items():
        tile = ET.SubElement(definitions, f"{{{_SVG}}}g", {"id": f"tile-{name}"})
        tile.extend(list(pattern))
    for parent in list(root.iter()):
        for place, shape in reversed(list(enumerate(list(parent)))):
            found = _FILL.search(shape.get("style", ""))
            if found is None:
                continue
            name = found[1]
            shape.set("style", _FILL.sub("fill: none", shape.get("style", "")))
            clip = f"clip-{len(definitions)}"
            outline = {"d": shape.get("d", "")}
            ET.SubElement(
                ET.SubElement(definitions, f"{{{_SVG}}}clipPath", {"id": clip}), f"{{{_SVG}}}path", outline
            )
            tiles = _tiles(outline["d"], name, patterns[name])
            if shape.get("clip-path"):
                # A shape may be cut by the chart's own frame, too.
                around = ET.Element(f"{{{_SVG}}}g", {"clip-path": shape.get("clip-path", "")})
                around.append(tiles)
                tiles.set("clip-path", f"url(#{clip})")
                parent.insert(place, around)
            else:
                tiles.set("clip-path", f"url(#{clip})")
                parent.insert(place, tiles)
    for parent in list(root.iter()):
        for pattern in list(parent):
            if pattern.tag == f"{{{_SVG}}}pattern":
                parent.remove(pattern)
    return ET.tostring(root, encoding="unicode")


def _tiles(outline: str, name: str, pattern: ET.Element) -> ET.Element:
    """As many tiles of a pattern as cover the outline."""
    numbers = [float(number) for number in _NUMBER.findall(outline)]
    width, height = float(pattern.get("width", "72")), float(pattern.get("height", "72"))
    columns = range(math.floor(min(numbers[::2]) / width), math.ceil(max(numbers[::2]) / width))
    rows = range(math.floor(min(numbers[1::2]) / height), math.ceil(max(numbers[1::2]) / height))
    group = ET.Element(f"{{{_SVG}}}g")
    for column in columns:
        for row in rows:
            at = {"x": f"{column * width:g}", "y": f"{row * height:g}", f"{{{_LINK}}}href": f"#tile-{name}"}
            ET.SubElement(group, f"{{{_SVG}}}use", at)
    return group
