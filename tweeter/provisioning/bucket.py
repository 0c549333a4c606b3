"""The S3 bucket of the pictures, and what any bucket of ours needs."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import botocore.exceptions

from accounts.pictures.drawings import draw_default
from accounts.pictures.webp import CONTENT_TYPE
from tweeter import aws, wiring
from tweeter.config import get_config
from tweeter.errors import Conflict, TweeterError

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import BucketLifecycleConfigurationTypeDef

_LIFECYCLE: BucketLifecycleConfigurationTypeDef = {
    "Rules": [
        {
            "ID": "abandoned-uploads",  # their parts are paid for, and shown by nothing
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
        }
    ]
}
_RENAME = "choose another by TWEETER_PICTURE_BUCKET, in the stage of zappa_settings.json"


def provision_bucket(report: Callable[[str], object]) -> None:
    """Create the bucket if it is missing, let anyone fetch pictures, have abandoned uploads
    removed, and store the default picture. S3 encrypts the objects by itself.

    Raises what `create_bucket` does.
    """
    bucket = get_config().picture_bucket
    report(f"bucket {bucket}: {'created' if create_bucket(bucket) else 'is there'}")
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
    client.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration=_LIFECYCLE)
    wiring.picture_store().put_default(draw_default(), CONTENT_TYPE)


def delete_bucket(report: Callable[[str], object]) -> None:
    """Delete the bucket and every picture in it."""
    empty_and_delete_bucket(get_config().picture_bucket, report)


def create_bucket(bucket: str) -> bool:
    """Create a bucket; return False if it is there, in the right region, and ours.

    TweeterError `bucket_taken` when the name belongs to another AWS account, Conflict
    `other_region` when the bucket is ours elsewhere, `bucket_busy` while AWS creates or deletes it.
    """
    client = aws.client("s3")
    region = client.meta.region_name
    try:
        present_region = client.head_bucket(Bucket=bucket).get("BucketRegion", region)
    except botocore.exceptions.ClientError as error:
        code = aws.error_code(error)
        if code == "403":  # HeadBucket's answer has no body, and so only HTTP's own codes
            raise _taken(bucket) from error
        if code == "301":
            raise _elsewhere(bucket, _region_told(error), region) from error
        if code not in {"404", "NoSuchBucket"}:
            raise
        return _create_missing(bucket, region)
    if present_region != region:
        raise _elsewhere(bucket, present_region, region)
    return False


def empty_and_delete_bucket(bucket: str, report: Callable[[str], object]) -> None:
    """Delete a bucket and every object in it, with all versions that its versioning has kept."""
    client = aws.client("s3")
    try:
        for page in client.get_paginator("list_object_versions").paginate(Bucket=bucket):
            # Without versioning there is one version of each object, named "null".
            for entry in (*page.get("Versions", []), *page.get("DeleteMarkers", [])):
                client.delete_object(Bucket=bucket, Key=entry["Key"], VersionId=entry["VersionId"])
        client.delete_bucket(Bucket=bucket)
    except client.exceptions.NoSuchBucket:
        report(f"bucket {bucket}: was not there")
    else:
        report(f"bucket {bucket}: deleted")


def _create_missing(bucket: str, region: str) -> bool:
    """Create a bucket that HeadBucket did not find; return False if it is ours by now."""
    client = aws.client("s3")
    try:
        client.create_bucket(Bucket=bucket, **_location(region))
    except client.exceptions.BucketAlreadyOwnedByYou:
        return False
    except client.exceptions.BucketAlreadyExists as error:
        raise _taken(bucket) from error
    except botocore.exceptions.ClientError as error:
        if aws.error_code(error) != "OperationAborted":
            raise
        message = (
            f"AWS is still creating or deleting the bucket {bucket}; provision again in some "
            f"minutes, or {_RENAME}."
        )
        raise Conflict("bucket_busy", message) from error
    return True


def _taken(bucket: str) -> TweeterError:
    message = (
        f"The bucket name {bucket} is taken by somebody else (or these credentials may not look "
        f"at it, which AWS does not tell apart); {_RENAME}."
    )
    return TweeterError("bucket_taken", message)


def _elsewhere(bucket: str, present: str, wanted: str) -> TweeterError:
    message = (
        f"The bucket {bucket} is in {present}, everything else in {wanted}, and a bucket cannot "
        f"move; {_RENAME}, or choose the other region for everything."
    )
    return Conflict("other_region", message)


def _region_told(error: botocore.exceptions.ClientError) -> str:
    """Return the region that S3 redirects to."""
    headers = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    return str(headers.get("x-amz-bucket-region", "another region"))


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
