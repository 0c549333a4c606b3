"""What AWS charges, in US dollars: the only place in which prices stand.

As of 2026-11, region us-east-1, first tier of each price. Sources: the pricing pages of Amazon
DynamoDB (standard table class), Amazon SQS (standard queues), AWS Lambda (x86), Amazon API Gateway
(REST APIs), Amazon S3 (standard class) and Amazon CloudWatch.

What is free is free for ever, for an account's whole use in all regions; what only new accounts get
for some months is left out.
"""

from __future__ import annotations

DATED = "2026-11"
REGION = "us-east-1"

HOURS = 730
"""Of a month, as AWS counts them in its examples."""

_MILLION = 1_000_000

# DynamoDB
ON_DEMAND_WRITE = 0.625 / _MILLION
ON_DEMAND_READ = 0.125 / _MILLION
WCU_HOUR = 0.00065
RCU_HOUR = 0.00013
FREE_WCU = 25
"""Of provisioned tables only."""
FREE_RCU = 25
"""Of provisioned tables only."""
TABLE_GB_MONTH = 0.25
RECOVERY_GB_MONTH = 0.20
"""Point-in-time recovery, for the present size of a table, however much was changed in it."""

# SQS
SQS_REQUEST = 0.40 / _MILLION
FREE_SQS_REQUESTS = 1_000_000
"""Of a month."""
IDLE_POLLS = 650_000
"""What an event source mapping asks of its queue in a month without any message. AWS promises no
number: five pollers that each ask again when 20 s have passed come to 657,000."""

# Lambda
GB_SECOND = 0.0000166667
INVOCATION = 0.20 / _MILLION
SNAPSHOT_GB_SECOND = 0.0000015046
"""SnapStart: to keep the snapshot of a version, by the function's memory (Python and .NET)."""
RESTORED_GB = 0.0001397998
"""SnapStart: to start an environment from it, by the function's memory."""

# API Gateway
API_REQUEST = 3.50 / _MILLION

# S3
PICTURE_GB_MONTH = 0.023
PICTURE_WRITE = 0.005 / 1_000
PICTURE_READ = 0.0004 / 1_000

# CloudWatch
METRIC_MONTH = 0.30
"""A custom metric in one combination of its dimensions, by the hour in which it has a value."""
FREE_METRICS = 10
ALARM_MONTH = 0.10
"""For each metric that an alarm looks at, of a resolution of a minute."""
FREE_ALARMS = 10
"""Counted in metrics, as they are paid."""
DASHBOARD_MONTH = 3.00
FREE_DASHBOARDS = 3
LOG_GB = 0.50
"""To take it in. To keep it for 30 days costs less than a tenth of this."""
