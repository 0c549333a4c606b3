"""Making what Tweeter needs of AWS, and taking it away again. Everything here may be repeated."""

from __future__ import annotations

from collections.abc import Callable

from tweeter.provisioning.bucket import delete_bucket, provision_bucket
from tweeter.provisioning.queues import delete_queues, provision_queues
from tweeter.provisioning.tables import delete_tables, provision_tables

Report = Callable[[str], object]
"""Is told, line by line, what was done."""


def provision(report: Report) -> None:
    """Create what is missing of tables, queues and bucket, and set right what is not as it should
    be. What exists keeps its data, and tables their capacity."""
    provision_tables(report)
    provision_queues(report)
    provision_bucket(report)


def teardown(report: Report) -> None:
    """Delete all tables, queues and the bucket, with everything in them."""
    delete_queues(report)
    delete_tables(report)
    delete_bucket(report)
