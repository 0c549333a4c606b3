"""The README's tour: commands to be pasted into a shell, each block with what it prints."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

from tests.docs.documents import ROOT, document

PATIENCE_SECONDS = 120
_END = "end of the block"
_SAME = re.compile(
    r"(?P<time>\d{4}-\d\d-\d\dT[\d:.]+Z)"
    r"|(?P<id>\b[0-9a-f]{32}\b)"
    r"|(?P<digest>\b[0-9a-f]{8}(?=\.\.\.))"
    r"|(?P<now>(?<=ada_|joe_)\d{6})"
    r"|(?P<token>(?<=ada_\d{6}\.)\w+(?=\.\.\.))"
    r"|(?P<cut>\.\.\.)"
)
_PATTERNS = {
    "time": r"\d{4}-\d\d-\d\dT[\d:.]+Z",
    "id": "[0-9a-f]{32}",
    "digest": "[0-9a-f]+",
    "now": r"\d{6}",
    "token": r"[\w-]+",
    "cut": ".*",
}
"""What may stand where the README shows a time, an id, an alias's own time, or a part of what is
longer."""


@dataclass(frozen=True)
class Step:
    """A block of commands, and what the README says that it prints."""

    commands: str
    shown: str

    def matches(self, printed: str) -> bool:
        """Tell whether something is what is shown, but for ids, times, tokens and what is cut."""
        pattern, position = "", 0
        for match in _SAME.finditer(self.shown):
            pattern += re.escape(self.shown[position : match.start()])
            pattern += _PATTERNS[match.lastgroup or "cut"]
            position = match.end()
        return bool(re.fullmatch(pattern + re.escape(self.shown[position:]), printed))


def steps() -> list[Step]:
    """Return the tour, each block of commands with the one below it."""
    chapter = document("README.md").chapters()["Two minutes with curl"]
    found = re.findall(
        r"^```sh\n(.*?)^```\n\n^```text\n(.*?)^```$", chapter, re.DOTALL | re.MULTILINE
    )
    assert len(found) == chapter.count("```sh\n") == chapter.count("```text\n")
    return [Step(commands, shown.strip()) for commands, shown in found]


def follow(port: int, aws_port: int) -> Iterator[tuple[Step, str]]:
    """Paste the whole tour into one shell; yield each step with what it printed."""
    tour = steps()
    script = "".join(f"{step.commands}\necho '{_END}'\n" for step in tour)
    done = subprocess.run(
        ["/bin/bash", "-eu", "-o", "pipefail"],
        input=script.replace(":8000", f":{port}"),
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for step, printed in zip(tour, done.stdout.split(f"{_END}\n"), strict=False):
        usual = printed.replace(f":{port}", ":8000").replace(f":{aws_port}", ":4566")
        yield step, usual.strip()
