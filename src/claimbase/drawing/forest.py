"""Forest plots: one line a study, with its effect and interval. No pooled estimate is drawn."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from claimbase.drawing.canvas import INK, MUTED, SOFT, STRONG, new_figure, style, to_svg


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
    height = 1.25 + 0.42 * count
    with style(title):
        figure = new_figure(7.2, height)
        axes = figure.add_axes((0.34, 0.8 / height, 0.62, 0.42 * count / height))
        if null == 1:
            axes.set_xscale("log")
        axes.axvline(null, color=INK, linewidth=1)
        largest = max((row.n or 1) for row in rows)
        for place, row in enumerate(rows):
            _draw(axes, count - 1 - place, row, largest)
        axes.margins(x=0.08)
        axes.set_ylim(-0.6, count - 0.4)
        axes.set_yticks([])
        axes.grid(visible=True, axis="x", color=SOFT, linewidth=0.6)
        axes.set_axisbelow(True)
        for side in ("left", "right", "top"):
            axes.spines[side].set_visible(False)
        axes.set_xlabel(axis)
        # Which side is which stands above the plot.
        for text, x, align in ((f"← {left}", 0, "left"), (f"{right} →", 1, "right")):
            axes.annotate(text, (x, 1.0), xycoords="axes fraction", va="bottom", ha=align)
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
    people = f" (n = {row.n})" if row.n else ""
    retracted = ", retracted" if row.struck else ""
    axes.text(
        -0.53,
        y,
        f"{row.label}{people}{retracted}",
        transform=axes.get_yaxis_transform(),
        va="center",
        ha="left",
    )
