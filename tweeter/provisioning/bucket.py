"""The S3 bucket of the pictures."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import botocore.exceptions

from accounts.pictures import draw_default
from tweeter import aws, wiring
from tweeter.config import get_config
from tweeter.errors import TweeterError


def provision_bucket(report: Callable[[str], object]) -> None:
    """Create the bucket if it is missing, let anyone fetch pictures, and store the default one.

    TweeterError `bucket_taken` when the name belongs to another AWS account.
    """
    bucket = get_config().picture_bucket
    report(f"bucket {bucket}: {'created' if _create(bucket) else 'is there'}")
    client = aws.client("s3")
    client.put_public_access_block(
        Bucket=bucket,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": False,  # the policy below is public, on purpose
            "RestrictPublicBuckets": False,
        },
    )
    client.put_bucket_policy(Bucket=bucket, Policy=json.dumps(_policy(bucket)))
    wiring.picture_store().put_default(draw_default(), "image/webp")


def delete_bucket(report: Callable[[str], object]) -> None:
    """Delete the bucket and every picture in it."""
    bucket = get_config().picture_bucket
    client = aws.client("s3")
    try:
        for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket):
            for entry in page.get("Contents", []):
                client.delete_object(Bucket=bucket, Key=entry["Key"])
        client.delete_bucket(Bucket=bucket)
    except client.exceptions.NoSuchBucket:
        report(f"bucket {bucket}: was not there")
    else:
        report(f"bucket {bucket}: deleted")


def _create(bucket: str) -> bool:
    """Create the bucket; return False if it is there and ours."""
    client = aws.client("s3")
    try:
        client.head_bucket(Bucket=bucket)
    except botocore.exceptions.ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "403":
            message = f"The bucket name {bucket} is taken by somebody else; choose another."
            raise TweeterError("bucket_taken", message) from error
        if code not in {"404", "NoSuchBucket"}:
            raise
        client.create_bucket(Bucket=bucket, **_location(client.meta.region_name))
        return True
    return False


def _location(region: str) -> dict[str, Any]:
    """Return what CreateBucket must be told of the region, which for the first one is nothing."""
    if region == "us-east-1":
        return {}
    return {"CreateBucketConfiguration": {"LocationConstraint": region}}


def _policy(bucket: str) -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "AnyoneMayFetchPictures",
                "Effect": "Allow",
                "Principal": "*",
                "Action": "s3:GetObject",
                "Resource": f"arn:aws:s3:::{bucket}/avatars/*",
            }
        ],
    }
