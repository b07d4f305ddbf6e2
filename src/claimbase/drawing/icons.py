"""Icon arrays: a hundred people a group, those with the event filled."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import fill

from claimbase.drawing.canvas import MUTED, STRONG, new_figure, style, to_svg, write_lines


@dataclass(frozen=True, slots=True)
class IconGroup:
    """A group and how many of its hundred had the event (0 to 100)."""

    label: str
    count: int


def icon_array(groups: Sequence[IconGroup], *, title: str) -> str:
    """Return the groups side by side as SVG, ten rows of ten people each."""
    with style(title):
        figure = new_figure(2.4 * len(groups), 3.0)
        for place, group in enumerate(groups):
            axes = figure.add_axes((place / len(groups) + 0.01, 0.0, 0.94 / len(groups), 0.78))
            spots = [(n % 10, 9 - n // 10) for n in range(100)]
            full, empty = spots[: group.count], spots[group.count :]
            for some, face, edge in ((full, STRONG, STRONG), (empty, "none", MUTED)):
                if some:
                    axes.scatter(
                        [x for x, _ in some],
                        [y for _, y in some],
                        s=90,
                        facecolors=face,
                        edgecolors=edge,
                        linewidths=1,
                    )
            axes.set_xlim(-0.7, 9.7)
            axes.set_ylim(-0.7, 9.7)
            axes.set_aspect("equal")
            axes.axis("off")
            write_lines(axes, f"{group.count} in 100\n{fill(group.label, 22)}", 0.5, "center")
        return to_svg(figure, title)
