"""The configuration: what is missing or wrong stops the start and says so."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import fields

import pytest
from django.core.exceptions import ImproperlyConfigured

from tweeter.clock import REQUEST_IS_OVER
from tweeter.config import Config, get_config
from tweeter.deadline import RESERVE_SECONDS

Configure = Callable[..., Config]
SECRET = "s" * 50
EMBEDDED = "http://127.0.0.1:4566"


@pytest.fixture
def configure(monkeypatch: pytest.MonkeyPatch) -> Configure:
    """Return a function that reads the configuration from these variables alone."""

    def read(**variables: str) -> Config:
        for name in list(os.environ):
            if name.startswith(("AWS_", "TWEETER_")):
                monkeypatch.delenv(name)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return get_config.__wrapped__()

    return read


def test_nothing_needs_to_be_set_on_one_machine(configure: Configure) -> None:
    config = configure()
    assert config.environment == "local"
    assert config.table_name("feeds") == "tweeter-local-feeds"
    assert config.feed_write_capacity == 100


def test_nothing_but_the_environment_is_needed_to_look_after_a_deployment(
    configure: Configure,
) -> None:
    config = configure(TWEETER_ENVIRONMENT="production")
    assert config.is_deployed
    assert config.table_name("feeds") == "tweeter-production-feeds"


@pytest.mark.parametrize("environment", ["dev", "production"])
def test_serving_needs_a_secret_and_hosts(configure: Configure, environment: str) -> None:
    config = configure(TWEETER_ENVIRONMENT=environment)
    with pytest.raises(ImproperlyConfigured, match=r"TWEETER_SECRET_KEY.*TWEETER_ALLOWED_HOSTS"):
        config.require_for_serving()


def test_serving_needs_a_long_secret(configure: Configure) -> None:
    config = configure(
        TWEETER_ENVIRONMENT="production",
        TWEETER_ALLOWED_HOSTS="example.org",
        TWEETER_SECRET_KEY="short",
    )
    with pytest.raises(ImproperlyConfigured, match="TWEETER_SECRET_KEY must have 50 characters"):
        config.require_for_serving()


def test_a_deployment_serves_the_hosts_that_are_listed(configure: Configure) -> None:
    config = configure(
        AWS_REGION="eu-north-1",
        TWEETER_ENVIRONMENT="production",
        TWEETER_ALLOWED_HOSTS="example.org,example.com",
        TWEETER_SECRET_KEY=SECRET,
    )
    config.require_for_serving()
    assert config.allowed_hosts == ("example.org", "example.com")


def test_a_function_serves_api_gateways_hosts_in_its_region(configure: Configure) -> None:
    config = configure(
        AWS_LAMBDA_FUNCTION_NAME="tweeter-dev",
        AWS_REGION="eu-north-1",
        TWEETER_ENVIRONMENT="dev",
        TWEETER_SECRET_KEY=SECRET,
    )
    config.require_for_serving()
    assert config.on_lambda
    assert config.allowed_hosts == (".execute-api.eu-north-1.amazonaws.com",)


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"TWEETER_ENVIRONMENT": "local"},
        {"TWEETER_ENVIRONMENT": "test"},
        {"TWEETER_ENVIRONMENT": "test", "AWS_ENDPOINT_URL": EMBEDDED},
        {"AWS_ENDPOINT_URL": EMBEDDED},
    ],
)
def test_lambda_never_runs_with_the_defaults_of_one_machine(
    configure: Configure, variables: dict[str, str]
) -> None:
    with pytest.raises(ImproperlyConfigured, match="TWEETER_ENVIRONMENT"):
        configure(AWS_LAMBDA_FUNCTION_NAME="tweeter", **variables)


def test_the_embedded_aws_runs_functions_but_with_a_secret_of_their_own(
    configure: Configure,
) -> None:
    config = configure(
        AWS_ENDPOINT_URL=EMBEDDED,
        AWS_LAMBDA_FUNCTION_NAME="tweeter-local",
        TWEETER_ENVIRONMENT="local",
    )
    with pytest.raises(ImproperlyConfigured, match="TWEETER_SECRET_KEY is missing"):
        config.require_for_serving()


@pytest.mark.parametrize(
    ("variables", "https", "seconds"),
    [
        ({}, False, 0),
        ({"TWEETER_ENVIRONMENT": "production"}, True, 31_536_000),
        ({"TWEETER_ENVIRONMENT": "dev", "TWEETER_HSTS_SECONDS": "60"}, True, 60),
        ({"TWEETER_ENVIRONMENT": "dev", "TWEETER_HTTPS": "false"}, False, 0),
        ({"TWEETER_HTTPS": "true"}, True, 31_536_000),
    ],
)
def test_https_is_required_and_remembered_where_it_is_deployed(
    configure: Configure, variables: dict[str, str], https: bool, seconds: int
) -> None:
    config = configure(**variables)
    assert (config.https, config.hsts_seconds) == (https, seconds)


def test_limits_are_wide_on_one_machine_but_that_on_guesses_at_an_alias(
    configure: Configure,
) -> None:
    def limits(config: Config) -> tuple[int, ...]:
        return (
            config.sign_in_attempts_by_address,
            config.sign_ups_by_address,
            config.posts_by_account,
            config.follows_by_account,
            config.pictures_by_account,
        )

    local = configure()
    production = configure(TWEETER_ENVIRONMENT="production")
    assert min(limits(local)) >= 100_000
    assert max(limits(production)) <= 300
    assert local.sign_in_attempts == production.sign_in_attempts == 10


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TWEETER_ENVIRONMENT", "staging"),
        ("TWEETER_SESSION_MINUTES", "0"),
        ("TWEETER_SESSION_MINUTES", "an hour"),
        ("TWEETER_SESSION_MINUTES", "5000000000"),  # beyond what a date can be
        ("TWEETER_CHUNK_SIZE", "24"),
        ("TWEETER_CHUNK_SIZE", "1001"),
        ("TWEETER_FEED_WRITE_CAPACITY", "-1"),
        ("TWEETER_SIGN_UPS_BY_ADDRESS", "0"),
        ("TWEETER_SIGN_IN_ATTEMPTS_BY_ALIAS", "10"),  # one address could use it up
        # Workers would put every message back, since too little is left to begin with it.
        ("TWEETER_FUNCTION_TIMEOUT_SECONDS", f"{RESERVE_SECONDS:.0f}"),
        ("TWEETER_FUNCTION_TIMEOUT_SECONDS", "901"),  # Lambda's longest is 900
        # A post that is stored later has lost its message.
        ("TWEETER_REQUEST_SECONDS", f"{REQUEST_IS_OVER.total_seconds() / 4}"),
        (
            "TWEETER_REQUEST_SECONDS",
            "1.9",
        ),  # connecting takes up to a second, and so does an answer
        ("TWEETER_READ_TIMEOUT_SECONDS", "nan"),
        ("TWEETER_READ_TIMEOUT_SECONDS", "inf"),
        ("TWEETER_ARGON2_MEMORY_KIB", "7"),
        ("TWEETER_ARGON2_MEMORY_KIB", "524288"),  # all that the function has
        ("TWEETER_MAX_BODY_BYTES", "4500001"),
        ("TWEETER_ARGON2_PASSES", "0"),
        ("TWEETER_LOG_LEVEL", "loud"),
        ("TWEETER_HTTPS", "maybe"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused_by_name(
    configure: Configure, name: str, value: str
) -> None:
    with pytest.raises(ImproperlyConfigured, match=name):
        configure(**{name: value})


@pytest.mark.parametrize(
    "name", [field.name.upper() for field in fields(Config) if field.type in {"int", "float"}]
)
@pytest.mark.parametrize("value", [-1, 10**15])
def test_every_number_has_a_least_and_a_greatest_value(
    configure: Configure, name: str, value: int
) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"TWEETER_{name} must be"):
        configure(TWEETER_HTTPS="true", **{f"TWEETER_{name}": str(value)})


def test_a_request_is_answered_before_a_short_lived_function_ends(configure: Configure) -> None:
    with pytest.raises(ImproperlyConfigured, match="TWEETER_REQUEST_SECONDS must be 2 to 13"):
        configure(TWEETER_FUNCTION_TIMEOUT_SECONDS="16", TWEETER_REQUEST_SECONDS="15")


def test_a_request_is_answered_before_api_gateway_gives_up(configure: Configure) -> None:
    with pytest.raises(ImproperlyConfigured, match="TWEETER_REQUEST_SECONDS must be 2 to 26"):
        configure(TWEETER_REQUEST_SECONDS="27")


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        (
            {"TWEETER_CONNECT_TIMEOUT_SECONDS": "10", "TWEETER_FUNCTION_TIMEOUT_SECONDS": "16"},
            "TWEETER_CONNECT_TIMEOUT_SECONDS must be 0.01 to 6.5",
        ),
        ({"TWEETER_SIGN_IN_ATTEMPTS": "1000001"}, "TWEETER_SIGN_IN_ATTEMPTS must be 1 to 1000000"),
        (
            {"TWEETER_SIGN_IN_ATTEMPTS": "1000000"},
            "TWEETER_SIGN_IN_ATTEMPTS_BY_ALIAS must be 1000001 to 1000001",
        ),
        ({"TWEETER_LOG_LEVEL": "loud"}, "one of DEBUG, INFO, WARNING, ERROR"),
        ({"TWEETER_ENVIRONMENT": "staging"}, "one of local, test, dev, production"),
    ],
)
def test_a_refusal_says_what_would_be_taken(
    configure: Configure, variables: dict[str, str], said: str
) -> None:
    with pytest.raises(ImproperlyConfigured) as refusal:
        configure(**variables)
    assert str(refusal.value).endswith(said)
