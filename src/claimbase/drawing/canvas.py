"""Matplotlib figures as SVG for a page: text stays text, colours follow light and dark.

Colours are drawn as the stand-ins below and turned into CSS variables afterwards, so that one
picture serves both schemes. Same data, same bytes.
"""

import io
import re
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

INK = "#010101"
SOFT = "#020202"
STRONG = "#030303"
MUTED = "#040404"

_COLOURS = {
    INK: "currentColor",
    SOFT: "var(--cb-line, #ccc)",
    STRONG: "var(--cb-fair, #245a93)",
    MUTED: "var(--cb-muted, #6b7480)",
}
_SETTINGS: dict[str, Any] = {
    "savefig.facecolor": "none",
    "svg.fonttype": "none",
    "font.family": ["sans-serif"],
    "font.size": 11,
    "text.color": INK,
    "axes.facecolor": "none",
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure of a size in inches of 72 points."""
    return Figure(figsize=(width, height), dpi=72, facecolor="none")


def style(salt: str) -> Any:
    """Return a context in which figures are drawn and written; ids in the SVG hang on ``salt``."""
    settings: Any = {**_SETTINGS, "svg.hashsalt": salt}
    return rc_context(settings)


def to_svg(figure: Figure, title: str) -> str:
    """Return a figure as an SVG element for a page, named by its title."""
    out = io.StringIO()
    canvas: Any = FigureCanvasSVG(figure)
    canvas.print_svg(out, metadata={"Date": None, "Creator": None})
    svg = out.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = svg.replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "")
    svg = svg.replace(' xmlns="http://www.w3.org/2000/svg"', "").replace("xlink:href", "href")
    for stand_in, colour in _COLOURS.items():
        svg = svg.replace(stand_in, colour)
    svg = re.sub(r"font-family: [^;\"]+", "font-family: inherit", svg)
    svg = re.sub(r"font: ([\d.]+)px [^;\"]+", r"font-size: \1px; font-family: inherit", svg)
    svg = re.sub(r'<svg [^>]*?viewBox="([^"]+)"[^>]*>', r'<svg viewBox="\1" role="img">', svg)
    return svg.replace('role="img">', f'role="img" aria-label="{_attribute(title)}">', 1)


def write_lines(axes: Axes, text: str, x: float, align: str) -> None:
    """Write lines above a plot, each for itself: a browser's letters are not Matplotlib's.

    Args:
        axes: Where the plot is.
        text: The lines.
        x: Where they are aligned, as a part of the width.
        align: How: "left", "center" or "right".
    """
    for place, line in enumerate(reversed(text.split("\n"))):
        axes.annotate(
            line,
            (x, 1.0),
            xycoords="axes fraction",
            xytext=(0, 3 + 14 * place),
            textcoords="offset points",
            va="bottom",
            ha=align,
        )


def _attribute(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
