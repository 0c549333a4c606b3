"""What Zappa calls while it deploys; `zappa_settings.json` names these functions.

Zappa loads this file by its path, with the project's folder not yet among those to import from.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from tweeter.deployment import package as packaging  # noqa: E402
from tweeter.management.errors import explain  # noqa: E402
from tweeter.stages import configure_as  # noqa: E402

if TYPE_CHECKING:
    from zappa.cli import ZappaCLI

    from tweeter.deployment.deployment import Deployment

_PACKAGING = {"deploy", "update", "package"}


def settings(zappa: ZappaCLI) -> None:
    """Complete the settings of the stage, after Zappa has read them and before it does anything.

    ClickException, which ends Zappa with an exit code of 1, when the stage cannot be deployed.
    """
    command = zappa.vargs["command"]
    with _as_click_exception():
        deployment = _deployment(zappa)
        if command in _PACKAGING:
            packaging.use_lambda_environment(ROOT, native=deployment.is_local)
            packaging.collect_static_files(ROOT)
        if command != "package":
            deployment.complete_settings()
        if command == "update":
            deployment.drop_former_variables()


def package(zappa: ZappaCLI) -> None:
    """Make the package what it should be, once Zappa has made it."""
    with _as_click_exception():
        click.echo(packaging.finish(Path(zappa.zip_path), ROOT))


def check(zappa: ZappaCLI) -> None:
    """Finish both event source mappings after a deployment; ClickException if one is wrong."""
    with _as_click_exception():
        _deployment(zappa).finish_mappings(click.echo)


def _deployment(zappa: ZappaCLI) -> Deployment:
    """Return the deployment of a stage, in a process that is configured for it."""
    configure_as(zappa.api_stage)
    # Only now: what it needs to know of the tables is named by the configuration.
    from tweeter.deployment.deployment import Deployment  # noqa: PLC0415

    return Deployment(zappa)


@contextmanager
def _as_click_exception() -> Iterator[None]:
    """Show what the operator can do something about as Zappa shows its own errors."""
    try:
        yield
    except Exception as error:
        message = explain(error)
        if message is None:
            raise
        raise click.ClickException(message) from error
