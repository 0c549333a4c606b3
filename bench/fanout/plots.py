"""Plots of what the feed table took, second by second: one for each case, and one of all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.fanout.outcome import Outcome

OVERVIEW = "overview.png"

_DOTS_PER_INCH = 150
_COLUMNS = 2
_WRITTEN = "#4c78a8"
_USED = "#1b2a41"
_LIMIT = "#2a9d55"
_REFUSED = "#d1495b"
_HEADROOM = 1.1
_BATCH = 25
"""Entries in a BatchWriteItem, as all writers here fill them."""
_LONGEST_SHOWN = 900
"""Seconds: one straggler must not flatten everything else."""


def check() -> None:
    """Raise RuntimeError, which says what to do, where plots can't be drawn."""
    try:
        _pyplot()
    except ImportError as error:
        message = "The plots need matplotlib, which requirements/dev.txt has: delete .venv/ready."
        raise RuntimeError(message) from error


def plot(outcomes: Sequence[Outcome], directory: Path) -> None:
    """Write `<case>.png` for each outcome, and an overview of them all, into a directory."""
    for outcome in outcomes:
        figure, axes = _pyplot().subplots(figsize=(9, 3.6), layout="constrained")
        _draw(axes, outcome)
        axes.legend(loc="upper right", fontsize="small", framealpha=0.9)
        _save(figure, directory / f"{outcome.case}.png")
    rows = math.ceil(len(outcomes) / _COLUMNS)
    figure, grid = _pyplot().subplots(
        rows, _COLUMNS, figsize=(12, 2.9 * rows), layout="constrained", squeeze=False
    )
    for axes, outcome in zip(grid.flat, outcomes, strict=False):
        _draw(axes, outcome)
    for axes in grid.flat[len(outcomes) :]:
        axes.set_axis_off()
    handles, labels = _all_handles(grid.flat)
    figure.legend(handles, labels, loc="outside lower center", ncols=len(labels))
    _save(figure, directory / OVERVIEW)


def _draw(axes: Any, outcome: Outcome) -> None:
    """Draw entries and capacity by the second, from the first POST on."""
    rows = {int(row["second"]): row for row in outcome.seen.feeds["seconds"]}
    begin = math.floor(min(post.sent_at for post in outcome.seen.posts))
    length = min(max(rows) - begin + 2, _LONGEST_SHOWN)
    seconds = range(length)
    shown = [rows.get(begin + second, {}) for second in seconds]
    written = [row.get("write_items_accepted", 0) for row in shown]
    used = [row.get("write_units", 0) for row in shown]
    limits = _limit(rows, begin, length)
    area = {"step": "post", "color": _WRITTEN, "alpha": 0.45, "lw": 0}
    axes.fill_between(seconds, written, **area, label="entries written a second")
    axes.step(seconds, used, where="post", color=_USED, lw=0.8, label="WCU used")
    limit = {"color": _LIMIT, "lw": 1.3, "ls": "--", "label": "WCU provisioned"}
    axes.step(seconds, limits, where="post", **limit)
    top = _HEADROOM * max(*used, *limits)
    _draw_refused(axes, shown, top)
    axes.set_title(f"{outcome.case}: {outcome.title}", fontsize="medium", loc="left")
    axes.set_xlabel("seconds after the first POST", fontsize="small")
    axes.set_xlim(0, length)
    axes.set_ylim(0, top)
    axes.grid(visible=True, alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)


def _draw_refused(axes: Any, rows: Sequence[dict[str, Any]], top: float) -> None:
    """Draw the entries refused in each second: one by one, or as whole batches.

    They may be a hundred times what is written, which is what there is to see.
    """
    many = [
        row.get("unprocessed_items", 0) + _BATCH * row.get("throttled_requests", 0) for row in rows
    ]
    points = [(second, min(top, some)) for second, some in enumerate(many) if some]
    if points:
        label = "refused (at the top: that many or more)"
        dots = {"s": 7, "color": _REFUSED, "zorder": 3, "clip_on": False}
        axes.scatter(*zip(*points, strict=True), **dots, label=label)


def _limit(rows: dict[int, dict[str, Any]], begin: int, length: int) -> list[float]:
    """Return the WCU of each second; of one without a request, those of the one before it."""
    limits: list[float] = []
    known = next(row["capacity_write"] for _, row in sorted(rows.items()))
    for second in range(begin, begin + length):
        known = rows.get(second, {}).get("capacity_write", known)
        limits.append(known)
    return limits


def _all_handles(grid: Any) -> tuple[list[Any], list[str]]:
    """Return what to show in a legend for all of the axes, each label once."""
    known: dict[str, Any] = {}
    for axes in grid:
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
            known.setdefault(label, handle)
    return list(known.values()), list(known)


def _save(figure: Any, file: Path) -> None:
    figure.savefig(file, dpi=_DOTS_PER_INCH)
    _pyplot().close(figure)


def _pyplot() -> Any:
    """Return matplotlib's pyplot, drawing to files; imported only here, as it takes a second."""
    import matplotlib as mpl  # noqa: PLC0415

    mpl.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415

    return plt
