"""Making what Tweeter needs of AWS, and taking it away again. Everything here may be repeated."""

from __future__ import annotations

from collections.abc import Callable

from tweeter.config import get_config
from tweeter.errors import Conflict
from tweeter.provisioning.alarms import delete_alarms, provision_alarms
from tweeter.provisioning.bucket import delete_bucket, provision_bucket
from tweeter.provisioning.dashboard import delete_dashboard, provision_dashboard
from tweeter.provisioning.packages import delete_package_bucket, provision_package_bucket
from tweeter.provisioning.queues import delete_queues, provision_queues
from tweeter.provisioning.role import delete_role, provision_role
from tweeter.provisioning.secret import delete_secret, provision_secret
from tweeter.provisioning.tables import delete_tables, provision_tables, refuse_if_protected

Report = Callable[[str], object]
"""Is told, line by line, what was done."""


def provision(report: Report) -> None:
    """Create what is missing of tables, queues and bucket, and set right what is not as it should
    be. What exists keeps its data, and the throughput that somebody gave it since.

    A run that was interrupted is completed by the next. Conflict `table_differs` before anything
    is done when a table can't become its model's without losing its data; Conflict `refused` at
    the end when AWS refused single settings. The function itself, by `zappa manage`, may look at
    tables and queues, and change no more than the throughput of the feed table.
    """
    refused = provision_tables(report)
    provision_queues(report)
    if get_config().on_lambda:
        report("all else: left to an operator's shell, since the function may not change it")
    else:
        provision_bucket(report)
    if refused:
        message = f"AWS refused settings of {', '.join(refused)}; the lines above say why."
        raise Conflict("refused", message)


def teardown(report: Report) -> None:
    """Delete all tables, queues and the bucket, with everything in them.

    Conflict `protected`, with nothing deleted, when a table is protected from deletion.
    """
    refuse_if_protected()
    delete_queues(report)
    delete_tables(report)
    delete_bucket(report)


def provision_function(report: Report) -> None:
    """Make what the function on Lambda needs besides, and its deployment."""
    provision_role(report)
    provision_secret(report)
    provision_package_bucket(report)
    if get_config().is_deployed:  # an embedded AWS has no CloudWatch, and nobody to call
        provision_alarms(report)
        provision_dashboard(report)


def teardown_function(report: Report) -> None:
    """Delete what `provision_function` made; `zappa undeploy` comes first."""
    if get_config().is_deployed:
        delete_dashboard(report)
        delete_alarms(report)
    delete_package_bucket(report)
    delete_secret(report)
    delete_role(report)
