"""What a case comes to, and writing it down."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.fanout.figures import Figure
from bench.fanout.observation import Observation
from bench.tables import print_table
from tweeter.prices import DATED

_HEADINGS = ("", "measured", "target")


@dataclass(frozen=True, slots=True)
class Outcome:
    """The figures of a case, and what they were taken from."""

    case: str
    title: str
    figures: Sequence[Figure]
    seen: Observation

    def show(self) -> None:
        """Print it."""
        rows = [(figure.name, figure.measured, figure.asked) for figure in self.figures]
        print_table(f"{self.case}: {self.title}", _HEADINGS, rows)

    def write(self, directory: Path) -> None:
        """Write `<case>.json` and `<case>.md` into an existing directory."""
        feeds = self.seen.feeds["seconds"]
        content = {
            "case": self.case,
            "title": self.title,
            "prices_of": DATED,
            "figures": [figure.to_json() for figure in self.figures],
            "feed_table_by_second": feeds,
        }
        text = json.dumps(content, indent=1, allow_nan=False) + "\n"
        (directory / f"{self.case}.json").write_text(text, encoding="utf-8")
        (directory / f"{self.case}.md").write_text(self._markdown(), encoding="utf-8")

    def _markdown(self) -> str:
        lines = [f"### {self.case}: {self.title}", "", "| | measured | target |", "|---|--:|--:|"]
        lines += [
            f"| {figure.name} | {figure.measured} | {figure.asked.replace('<=', '≤')} |".replace(
                ">=", "≥"
            )
            for figure in self.figures
        ]
        return "\n".join([*lines, "", f"Prices as of {DATED}.", ""])
