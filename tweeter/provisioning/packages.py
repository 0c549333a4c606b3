"""The S3 bucket through which a deployment uploads its package."""

from __future__ import annotations

from collections.abc import Callable

from tweeter import aws
from tweeter.config import get_config
from tweeter.provisioning.bucket import create_bucket, empty_and_delete_bucket


def package_bucket_name() -> str:
    """Return the bucket's name; the account is in it, as names are unique over all of AWS."""
    return f"{get_config().name_prefix}-packages-{aws.account_id()}"


def provision_package_bucket(report: Callable[[str], object]) -> None:
    """Create the bucket if it is missing, closed to everybody else.

    A deployment deletes its package once Lambda has it; what an interrupted one left behind goes
    after a day.
    """
    client = aws.client("s3")
    bucket = package_bucket_name()
    report(f"bucket {bucket}: {'created' if create_bucket(bucket) else 'is there'}")
    client.put_public_access_block(
        Bucket=bucket,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": True,
            "RestrictPublicBuckets": True,
        },
    )
    client.put_bucket_lifecycle_configuration(
        Bucket=bucket,
        LifecycleConfiguration={
            "Rules": [
                {
                    "ID": "left-behind",
                    "Status": "Enabled",
                    "Filter": {"Prefix": ""},
                    "Expiration": {"Days": 1},
                }
            ]
        },
    )


def delete_package_bucket(report: Callable[[str], object]) -> None:
    """Delete the bucket and what is in it."""
    empty_and_delete_bucket(package_bucket_name(), report)
