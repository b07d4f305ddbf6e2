"""The picture that other sites show beside a link to this one (Open Graph, 1200 by 630)."""

import io
from textwrap import fill
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

_GROUND, _TEXT, _SOFT = "#1c4a5a", "#ffffff", "#cfe0e6"


def preview(title: str, text: str) -> bytes:
    """Return a PNG with a title and a sentence. Same words, same bytes."""
    figure = Figure(figsize=(12, 6.3), dpi=100, facecolor=_GROUND)
    figure.text(0.07, 0.80, fill(title, 26), color=_TEXT, fontsize=44, va="top", weight="bold")
    figure.text(0.07, 0.40, fill(text, 62), color=_SOFT, fontsize=23, va="top", linespacing=1.5)
    out = io.BytesIO()
    canvas: Any = FigureCanvasAgg(figure)
    canvas.print_png(out, metadata={"Software": None})
    return out.getvalue()
