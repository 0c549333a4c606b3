"""Plain text: tables, and a bar for each moment."""

from __future__ import annotations

from collections.abc import Sequence

_BAR_CHARACTERS = 50


def print_table(title: str, headings: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table below its title: the first column to the left, numbers to the right."""
    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(headings, *cells, strict=True)]
    to_the_right = [
        bool(cells) and all(_is_figure(row[column]) for row in cells)
        for column in range(len(headings))
    ]
    print(f"\n{title}\n")
    for line in (headings, ["-" * width for width in widths], *cells):
        aligned = [
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(line, widths, to_the_right, strict=True)
        ]
        print(("  " + "  ".join(aligned)).rstrip())


def print_bars(title: str, bars: Sequence[tuple[str, float]], limit: float) -> None:
    """Print a bar for each figure, with `|` where the limit is; more than that shows as `#`."""
    scale = _BAR_CHARACTERS / max(limit, *(figure for _, figure in bars), 1)
    limit_at = round(limit * scale)
    width = max((len(name) for name, _ in bars), default=0)
    print(f"\n{title}\n")
    for name, figure in bars:
        length = round(figure * scale)
        bar = "=" * min(length, limit_at) + " " * (limit_at - length)
        print(f"  {name.rjust(width)} {bar}|{'#' * (length - limit_at)} {figure:.0f}")


def _is_figure(cell: str) -> bool:
    return cell in {"", "-"} or cell[0].isdigit()
