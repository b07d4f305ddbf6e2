"""Figures: pictures of study results, each with its numbers as a table and as a file."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from claimbase.ledger import Ledger, slug
from claimbase.model.study import ArmResult, Effect, Outcome, Study
from claimbase.pages import words

FIGURES = ("forest-plot", "fact-box", "icon-array")
"""The blocks that draw figures."""


@dataclass(frozen=True)
class Figure:
    """A figure of a page.

    Attributes:
        title: What it shows.
        svg: The picture, empty for a table alone.
        head: The names of the columns.
        rows: The numbers; the first column is the study, or the outcome, with its study's id.
        sources: The keys of the sources of the numbers.
        notes: What a reader must know to read it, such as whom the numbers count.
    """

    title: str
    svg: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    sources: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def file(self) -> str:
        """Where its numbers stand in the site."""
        return f"data/figures/{slug(self.title)}.csv"

    @property
    def csv(self) -> str:
        """Its numbers as comma-separated values."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(self.head)
        writer.writerows(cells for _, cells in self.rows)
        return out.getvalue()


def figure(ledger: Ledger, name: str, options: Mapping[str, str]) -> Figure | None:
    """Return the figure that a block asks for, or None if it names nothing that can be drawn."""
    results = list(_results(ledger, options.get("results") or options.get("result") or ""))
    if name == "forest-plot":
        return _forest(ledger, results, options)
    if name == "fact-box":
        return _fact_box(results, options)
    return _icons(results, options)


def figures(ledger: Ledger) -> Iterator[Figure]:
    """Yield every figure that pages ask for."""
    for page in ledger.base.pages.values():
        for block in page.blocks:
            if block.name in FIGURES:
                options = {name: value.strip("\"'") for name, value, _ in block.options}
                drawn = figure(ledger, block.name, options)
                if drawn:
                    yield drawn


@dataclass(frozen=True)
class _Result:
    study_id: str
    study: Study
    outcome: Outcome


def _results(ledger: Ledger, names: str) -> Iterator[_Result]:
    for name in names.split():
        outcome = ledger.outcome(name)
        study_id = name.partition("/")[0]
        if outcome is not None:
            yield _Result(study_id, ledger.studies[study_id].record, outcome)


def _forest(ledger: Ledger, results: list[_Result], options: Mapping[str, str]) -> Figure | None:
    # Imported here: a build without figures need not pay for the charting library.
    from claimbase.drawing.forest import ForestRow, forest_plot  # noqa: PLC0415

    found = [(r, _effect(r.outcome, options.get("measure", ""))) for r in results]
    shown = [(r, effect) for r, effect in found if effect is not None]
    if not shown:
        return None
    title, measure = options.get("title", ""), shown[0][1].measure
    rows = [
        ForestRow(
            label=r.study.name,
            n=sum(arm.n or 0 for arm in r.outcome.arms.values()) or None,
            value=effect.value,
            low=effect.ci[0] if effect.ci else None,
            high=effect.ci[1] if effect.ci else None,
            struck=_retracted(ledger, r.outcome),
        )
        for r, effect in shown
    ]
    svg = forest_plot(
        rows,
        title=title,
        axis=options.get("axis") or words.measure(measure),
        null=1 if measure.is_ratio else 0,
        left=options.get("left") or "favours treatment",
        right=options.get("right") or "favours control",
    )
    table = tuple(
        (
            r.study_id,
            (
                r.study.name,
                r.outcome.at,
                words.phrase(r.outcome.analysed),
                "" if row.n is None else str(row.n),
                words.number(effect.value),
                f"{words.number(effect.ci[0])} to {words.number(effect.ci[1])}"
                if effect.ci
                else "not given",
                effect.by or "the report",
                "retracted" if row.struck else "",
            ),
        )
        for (r, effect), row in zip(shown, rows, strict=True)
    )
    head = ("Study", "When", "Whom it counts", "People", words.measure(measure))
    return Figure(
        title,
        svg,
        (*head, "95% interval", "Computed by", "Status"),
        table,
        tuple(dict.fromkeys(r.outcome.source for r in results)),
        ("Each line is one study. No pooled estimate of our own is drawn.",),
    )


def _retracted(ledger: Ledger, outcome: Outcome) -> bool:
    source = ledger.sources.get(outcome.source)
    return source is not None and not source.state.supports


def _effect(outcome: Outcome, measure: str) -> Effect | None:
    return next((effect for effect in outcome.effects if effect.measure.value == measure), None)


def _per_hundred(result: ArmResult) -> int | None:
    if result.n and result.events is not None:
        return round(100 * result.events / result.n)
    return None if result.percent is None else round(result.percent)


def _counted(result: ArmResult) -> str:
    share = _per_hundred(result)
    if share is None:
        return "not given"
    if result.n and result.events is not None:
        return f"{share} in 100 ({result.events} of {result.n})"
    return f"{share} in 100"


def _fact_box(results: list[_Result], options: Mapping[str, str]) -> Figure | None:
    if not results:
        return None
    by_arm = [dict(r.study.by_arm(r.outcome.arms)) for r in results]
    arms = dict.fromkeys(chain.from_iterable(by_arm))
    rows = []
    for r, by_name in zip(results, by_arm, strict=True):
        cells = [_counted(by_name[arm]) if arm in by_name else "" for arm in arms]
        about = (r.outcome.at, words.phrase(r.outcome.analysed))
        rows.append((r.study_id, (r.outcome.name, r.study.name, *cells, *about)))
    return Figure(
        options.get("title", ""),
        "",
        # The numbers come before what a phone has no room for.
        ("Outcome", "Study", *arms, "When", "Whom it counts"),
        tuple(rows),
        tuple(dict.fromkeys(r.outcome.source for r in results)),
        (),
    )


def _icons(results: list[_Result], options: Mapping[str, str]) -> Figure | None:
    from claimbase.drawing.icons import IconGroup, icon_array  # noqa: PLC0415

    box = _fact_box(results[:1], options)
    if box is None:
        return None
    outcome, study = results[0].outcome, results[0].study
    groups = [
        IconGroup(name, share)
        for name, result in study.by_arm(outcome.arms)
        if (share := _per_hundred(result)) is not None
    ]
    if not groups:
        return None
    svg = icon_array(groups, title=box.title)
    note = f"Each circle is one person in a hundred; filled: {outcome.name}, {outcome.at}."
    return Figure(box.title, svg, box.head, box.rows, box.sources, (note,))
