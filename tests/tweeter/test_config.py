"""The configuration: what is missing or wrong stops the start and says so."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.exceptions import ImproperlyConfigured

from tweeter.config import Config, get_config

Configure = Callable[..., Config]
SECRET = "s" * 50


@pytest.fixture
def configure(monkeypatch: pytest.MonkeyPatch) -> Configure:
    """Return a function that reads the configuration from these variables alone."""

    def read(**variables: str) -> Config:
        for name in ("ENVIRONMENT", "SECRET_KEY", "FEED_WRITE_CAPACITY"):
            monkeypatch.delenv(f"TWEETER_{name}", raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return get_config.__wrapped__()

    return read


def test_nothing_needs_to_be_set_on_one_machine(configure: Configure) -> None:
    config = configure()
    assert config.environment == "local"
    assert config.table_name("feeds") == "tweeter-local-feeds"
    assert config.feed_write_capacity == 100


@pytest.mark.parametrize("environment", ["dev", "production"])
def test_a_deployment_does_not_start_without_its_secret(
    configure: Configure, environment: str
) -> None:
    with pytest.raises(ImproperlyConfigured, match="TWEETER_SECRET_KEY"):
        configure(TWEETER_ENVIRONMENT=environment, TWEETER_ALLOWED_HOSTS="example.org")


def test_a_deployment_does_not_start_with_a_short_secret(configure: Configure) -> None:
    with pytest.raises(ImproperlyConfigured, match="50 characters"):
        configure(
            TWEETER_ENVIRONMENT="production",
            TWEETER_ALLOWED_HOSTS="example.org",
            TWEETER_SECRET_KEY="short",
        )


def test_a_deployment_does_not_start_without_its_hosts(configure: Configure) -> None:
    with pytest.raises(ImproperlyConfigured, match="TWEETER_ALLOWED_HOSTS"):
        configure(TWEETER_ENVIRONMENT="production", TWEETER_SECRET_KEY=SECRET)


def test_a_deployment_starts_with_both(configure: Configure) -> None:
    config = configure(
        TWEETER_ENVIRONMENT="production",
        TWEETER_ALLOWED_HOSTS="example.org,example.com",
        TWEETER_SECRET_KEY=SECRET,
    )
    assert config.is_deployed
    assert config.allowed_hosts == ("example.org", "example.com")


def test_lambda_never_runs_with_the_defaults_of_one_machine(configure: Configure) -> None:
    with pytest.raises(ImproperlyConfigured, match="on Lambda"):
        configure(AWS_LAMBDA_FUNCTION_NAME="tweeter")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TWEETER_ENVIRONMENT", "staging"),
        ("TWEETER_SESSION_MINUTES", "0"),
        ("TWEETER_CHUNK_SIZE", "24"),
        ("TWEETER_CHUNK_SIZE", "1001"),
        ("TWEETER_FEED_WRITE_CAPACITY", "-1"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused_by_name(
    configure: Configure, name: str, value: str
) -> None:
    with pytest.raises(ImproperlyConfigured, match=name):
        configure(**{name: value})
