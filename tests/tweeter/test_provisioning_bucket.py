"""Provisioning of the bucket: ours, here, and public in one respect only."""

from __future__ import annotations

from typing import Any, Final

import boto3
import pytest
from botocore.exceptions import ClientError
from django.core.management import CommandError

from tests.faults import fault
from tests.tweeter.provisioned import line_of, lines_of, refusal
from tweeter import aws
from tweeter.config import get_config

ELSEWHERE: Final = "eu-west-1"


def answer_of_head(status: int, **headers: str) -> ClientError:
    """Return what becomes of HeadBucket's answer, which has no body."""
    response: Any = {
        "Error": {"Code": str(status), "Message": "no"},
        "ResponseMetadata": {"HTTPStatusCode": status, "HTTPHeaders": headers},
    }
    return ClientError(response, "HeadBucket")


def test_abandoned_uploads_are_removed_after_a_day(empty_aws: None) -> None:
    lines_of("provision")
    answer = aws.client("s3").get_bucket_lifecycle_configuration(Bucket=get_config().picture_bucket)
    (rule,) = answer["Rules"]
    assert rule["Status"] == "Enabled"
    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
    assert "Expiration" not in rule


def test_a_bucket_of_ours_in_another_region_is_refused(empty_aws: None) -> None:
    boto3.client("s3", region_name=ELSEWHERE).create_bucket(
        Bucket=get_config().picture_bucket,
        CreateBucketConfiguration={"LocationConstraint": ELSEWHERE},
    )
    with pytest.raises(CommandError, match=f"is in {ELSEWHERE}, everything else in us-east-1"):
        lines_of("provision")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (answer_of_head(403), "taken by somebody else"),
        (
            answer_of_head(301, **{"x-amz-bucket-region": ELSEWHERE}),
            f"is in {ELSEWHERE}, everything else in us-east-1",
        ),
    ],
)
def test_a_bucket_that_is_not_for_us_is_refused(
    empty_aws: None, answer: ClientError, reason: str
) -> None:
    with (
        fault("s3", lambda: answer, operation="HeadBucket"),
        pytest.raises(CommandError, match=reason) as caught,
    ):
        lines_of("provision")
    assert "TWEETER_PICTURE_BUCKET" in str(caught.value)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("BucketAlreadyExists", "taken by somebody else"),
        ("OperationAborted", "still creating or deleting"),
    ],
)
def test_a_bucket_that_cannot_be_created_says_why(empty_aws: None, code: str, reason: str) -> None:
    with (
        fault("s3", lambda: refusal("s3", code), operation="CreateBucket"),
        pytest.raises(CommandError, match=reason),
    ):
        lines_of("provision")


def test_a_bucket_that_was_created_by_another_run_meanwhile_is_there(empty_aws: None) -> None:
    lines_of("provision")
    unseen = [answer_of_head(404)]
    with (
        fault("s3", lambda: unseen.pop() if unseen else None, operation="HeadBucket"),
        fault("s3", lambda: refusal("s3", "BucketAlreadyOwnedByYou"), operation="CreateBucket"),
    ):
        assert line_of("pictures", lines_of("provision")) == "is there"


def test_a_bucket_that_keeps_versions_is_taken_away_with_all_of_them(empty_aws: None) -> None:
    lines_of("provision")
    bucket = get_config().picture_bucket
    client = aws.client("s3")
    client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    for content in (b"first", b"second"):
        client.put_object(Bucket=bucket, Key="avatars/ann.webp", Body=content)
    client.delete_object(Bucket=bucket, Key="avatars/ann.webp")
    assert line_of("pictures", lines_of("teardown", "--yes")) == "deleted"
    assert bucket not in [each["Name"] for each in client.list_buckets()["Buckets"]]
