"""Forest plots: one line a study, with its effect and interval. No pooled estimate is drawn."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import fill

from matplotlib.axes import Axes

from claimbase.drawing.canvas import (
    INK,
    MUTED,
    SOFT,
    STRONG,
    new_figure,
    style,
    to_svg,
    write_lines,
)

_WIDTH = 5.4
"""Of the picture, in inches."""

_LETTER = 0.083
"""About what a letter takes, in inches."""


@dataclass(frozen=True, slots=True)
class ForestRow:
    """A study's effect.

    Attributes:
        label: The study's name.
        n: People compared; sets the size of the square (area in proportion).
        value: The effect.
        low: Lower limit of its 95 % interval, if known.
        high: Upper limit, if known.
        struck: Whether the result was retracted: drawn hollow and struck through.
    """

    label: str
    n: int | None
    value: float
    low: float | None = None
    high: float | None = None
    struck: bool = False


def forest_plot(
    rows: Sequence[ForestRow], *, title: str, axis: str, null: float, left: str, right: str
) -> str:
    """Return a forest plot as SVG.

    Args:
        rows: The studies, from the top down; at least one.
        title: What the plot shows.
        axis: What the axis measures, with its unit.
        null: The value of no difference; 1 draws the axis on a log scale, for ratios.
        left: What lies to the left of no difference.
        right: What lies to the right.
    """
    count = len(rows)
    labels = [_label(row) for row in rows]
    # The names take what room they need: on a phone the picture is no wider than the screen.
    room = min(0.5, 0.02 + max(len(label) for label in labels) * _LETTER / _WIDTH)
    sides = [f"← {left}", f"{right} →"]
    if len("".join(sides)) * _LETTER > (0.96 - room) * _WIDTH:
        sides = [fill(side, 18) for side in sides]
    top = 0.2 + 0.2 * max(side.count("\n") + 1 for side in sides)
    height = 0.62 + 0.42 * count + top
    with style(title):
        figure = new_figure(_WIDTH, height)
        axes = figure.add_axes((room, 0.62 / height, 0.96 - room, 0.42 * count / height))
        if null == 1:
            axes.set_xscale("log")
        axes.axvline(null, color=INK, linewidth=1)
        largest = max((row.n or 1) for row in rows)
        for place, row in enumerate(rows):
            y = count - 1 - place
            _draw(axes, y, row, largest)
            axes.annotate(
                labels[place],
                (8, y),
                xycoords=("figure points", "data"),
                va="center",
                ha="left",
                annotation_clip=False,
            )
        axes.margins(x=0.08)
        axes.set_ylim(-0.6, count - 0.4)
        axes.set_yticks([])
        axes.grid(visible=True, axis="x", color=SOFT, linewidth=0.6)
        axes.set_axisbelow(True)
        for side in ("left", "right", "top"):
            axes.spines[side].set_visible(False)
        axes.set_xlabel(axis)
        # Which side is which stands above the plot.
        for text, x, align in zip(sides, (0, 1), ("left", "right"), strict=True):
            write_lines(axes, text, x, align)
        return to_svg(figure, title)


def _draw(axes: Axes, y: int, row: ForestRow, largest: int) -> None:
    colour = MUTED if row.struck else STRONG
    if row.low is not None and row.high is not None:
        axes.plot([row.low, row.high], [y, y], color=colour, linewidth=2)
    axes.plot(
        [row.value],
        [y],
        marker="s",
        markersize=5 + 8 * math.sqrt((row.n or 1) / largest),
        markerfacecolor="none" if row.struck else colour,
        markeredgecolor=colour,
    )
    if row.struck:
        axes.plot([row.value], [y], marker="x", markersize=14, color=colour)


def _label(row: ForestRow) -> str:
    people = f" (n = {row.n})" if row.n else ""
    retracted = ", retracted" if row.struck else ""
    return f"{row.label}{people}{retracted}"
