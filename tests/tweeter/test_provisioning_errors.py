"""What an operator is told when AWS does not play along: one line, with what to do."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from botocore import exceptions
from django.core.management import CommandError

from tests.configuration import Configure
from tests.faults import fault
from tests.tweeter.provisioned import lines_of, refusal
from tweeter import aws
from tweeter.config import get_config
from tweeter.errors import Unavailable
from tweeter.provisioning.tables import provision_tables

FAULTS: list[tuple[str, Callable[[], Exception], str]] = [
    ("no credentials", exceptions.NoCredentialsError, "no usable AWS credentials.*Log in"),
    (
        "half of the credentials",
        lambda: exceptions.PartialCredentialsError(provider="env", cred_var="AWS_SECRET"),
        r"no usable AWS credentials \(Partial.*AWS_PROFILE",
    ),
    (
        "a profile that is not there",
        lambda: exceptions.ProfileNotFound(profile="work"),
        r"no usable AWS credentials \(.*\(work\)",
    ),
    (
        "an expired login",
        exceptions.UnauthorizedSSOTokenError,
        r"no usable AWS credentials \(The SSO session",
    ),
    (
        "expired credentials",
        lambda: refusal("dynamodb", "ExpiredTokenException"),
        "have expired.*aws sso login",
    ),
    (
        "unknown credentials",
        lambda: refusal("dynamodb", "UnrecognizedClientException"),
        "does not accept these credentials",
    ),
    (
        "a deleted access key",
        lambda: refusal("dynamodb", "InvalidClientTokenId"),
        "does not accept these credentials",
    ),
    (
        "a missing permission",
        lambda: refusal(
            "dynamodb", "AccessDeniedException", "not authorized to perform: dynamodb:Some"
        ),
        "lack a permission.*dynamodb:Some",
    ),
    ("no region", exceptions.NoRegionError, "No AWS region.*AWS_DEFAULT_REGION"),
    (
        "no network",
        lambda: exceptions.EndpointConnectionError(endpoint_url="http://aws.example"),
        r"cannot be reached \(.*http://aws.example.*AWS_ENDPOINT_URL",
    ),
    (
        "no answer",
        lambda: exceptions.ReadTimeoutError(endpoint_url="http://aws.example"),
        "cannot be reached",
    ),
    (
        "what nobody thought of",
        lambda: refusal("dynamodb", "Unheard", "of this"),
        r"AWS: .*\(Unheard\).* of this",
    ),
]
COMMANDS = [
    ["provision"],
    ["teardown", "--yes"],
    ["capacity"],
    ["recount"],
    ["seed"],
    ["watch", "0" * 32],
]


@pytest.mark.parametrize(
    ("make", "reason"), [each[1:] for each in FAULTS], ids=[each[0] for each in FAULTS]
)
def test_provisioning_says_what_is_wrong_and_what_to_do(
    empty_aws: None, make: Callable[[], Exception], reason: str
) -> None:
    with (
        fault("dynamodb", make, operation="DescribeTable"),
        pytest.raises(CommandError, match=reason) as caught,
    ):
        lines_of("provision")
    assert caught.value.returncode == 1
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("command", COMMANDS, ids=[each[0] for each in COMMANDS])
@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (exceptions.NoCredentialsError, "no usable AWS credentials"),
        (lambda: refusal("dynamodb", "AccessDeniedException"), "lack a permission"),
        (lambda: refusal("dynamodb", "Unheard"), "Unheard"),
    ],
    ids=["no credentials", "denied", "unheard of"],
)
def test_every_command_says_it_in_the_same_words(
    aws: None, command: list[str], make: Callable[[], Exception], reason: str
) -> None:
    with fault("dynamodb", make), pytest.raises(CommandError, match=reason):
        lines_of(*command)


def test_queues_that_may_not_be_read_are_told_of_too(aws: None) -> None:
    with (
        fault("sqs", lambda: refusal("sqs", "AccessDenied", "sqs:ReceiveMessage")),
        pytest.raises(CommandError, match=r"lack a permission.*sqs:ReceiveMessage"),
    ):
        lines_of("dlq", "show")


def test_backups_that_aws_does_not_prepare_are_waited_for_three_minutes(
    empty_aws: None, set_config: Configure
) -> None:
    prefix = get_config().name_prefix
    set_config(environment="production", name_prefix=prefix)
    pauses: list[float] = []
    unprepared = refusal("dynamodb", "ContinuousBackupsUnavailableException")
    with (
        fault("dynamodb", lambda: unprepared, operation="UpdateContinuousBackups"),
        pytest.raises(Unavailable, match="provision again in a few minutes"),
    ):
        provision_tables(lambda line: None, pauses.append)
    assert sum(pauses) == 180


def test_without_a_region_clients_cannot_be_made_and_that_is_said(
    empty_aws: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    aws.forget_clients()
    try:
        with pytest.raises(CommandError, match="No AWS region is chosen"):
            lines_of("provision")
    finally:
        aws.forget_clients()


def test_a_fault_in_the_program_keeps_its_traceback(empty_aws: None) -> None:
    with (
        fault("dynamodb", lambda: KeyError("oops"), operation="DescribeTable"),
        pytest.raises(KeyError),
    ):
        lines_of("provision")
