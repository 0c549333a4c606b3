"""What a stage of `zappa_settings.json` is configured with, on Lambda as in an operator's shell."""

from __future__ import annotations

import json
import os
from pathlib import Path

from tweeter import aws
from tweeter.config import ENVIRONMENTS, get_config
from tweeter.errors import NotFound
from tweeter.provisioning.secret import read_secret

_SETTINGS = Path(__file__).resolve().parents[2] / "zappa_settings.json"


def adopt_stage(stage: str) -> dict[str, str]:
    """Configure this process as the deployed function of a stage is, and return its variables.

    Variables that are set already win. The secret is absent before `provision` has made it, and
    the bucket's name contains the account, since bucket names are unique over all of AWS.
    NotFound for a stage that is none, Unavailable when AWS does not answer.
    """
    if stage not in ENVIRONMENTS:
        message = f"There is no stage {stage!r}; the stages are named after the environments."
        raise NotFound("no_stage", message)
    variables = _variables(stage)
    _fill_environment(variables)
    prefix = get_config().name_prefix
    variables.setdefault("TWEETER_PICTURE_BUCKET", f"{prefix}-pictures-{aws.account_id()}")
    secret = read_secret()
    if secret is not None:
        variables["TWEETER_SECRET_KEY"] = secret
    _fill_environment(variables)
    return {name: os.environ[name] for name in variables}


def _variables(stage: str) -> dict[str, str]:
    """Return the stage's own variables; a stage that `extends` another inherits none of them."""
    settings = json.loads(_SETTINGS.read_text())
    return dict(settings[stage]["aws_environment_variables"])


def _fill_environment(variables: dict[str, str]) -> None:
    for name, value in variables.items():
        os.environ.setdefault(name, value)
    get_config.cache_clear()
