"""The stages of `zappa_settings.json`: what their functions are configured with."""

from __future__ import annotations

import json
import os
from pathlib import Path

from tweeter.config import ENVIRONMENTS, get_config
from tweeter.errors import NotFound

_FILE = Path(__file__).resolve().parent.parent / "zappa_settings.json"


def configure_as(stage: str) -> dict[str, str]:
    """Configure this process by the variables of a stage, and return them.

    Before anything reads the configuration: tables get their names when they are imported. What
    the stage says wins over what the shell holds, perhaps for another stage. NotFound `no_stage`
    unless it is a stage, and named after an environment.
    """
    settings = json.loads(_FILE.read_text(encoding="utf-8"))
    if stage not in ENVIRONMENTS or stage not in settings:
        message = f"There is no stage {stage!r} in {_FILE.name} that is an environment."
        raise NotFound("no_stage", message)
    # Its own only: of a stage that it `extends`, Zappa takes variables as a whole or not at all.
    variables: dict[str, str] = dict(settings[stage]["aws_environment_variables"])
    configure(variables)
    return variables


def configure(variables: dict[str, str]) -> None:
    """Have the configuration read anew, with these variables."""
    os.environ.update(variables)
    get_config.cache_clear()
