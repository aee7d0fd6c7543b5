"""How well a text's colour stands out from its ground, as WCAG counts it; 4.5 is to be reached."""

import re

RGB = tuple[float, float, float]


def contrast(one: RGB, other: RGB) -> float:
    """Between colours of 0 to 255: from 1, where they are the same, to 21, for black on white."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def from_css(colour: str) -> RGB:
    """From "#rrggbb" or "rgb(r, g, b)"."""
    if colour.startswith("#"):
        red, green, blue = bytes.fromhex(colour[1:])
    else:
        red, green, blue = (int(each) for each in re.findall(r"\d+", colour)[:3])
    return red, green, blue


def _luminance(colour: RGB) -> float:
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
