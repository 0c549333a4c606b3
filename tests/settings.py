"""The project's settings for tests: an environment of their own, and cheap passwords."""

import os

# Before anything reads the configuration or makes a client. No test may reach a real account, and
# an endpoint in the developer's environment is for the contract suite alone: see tests/contract.
CONTRACT_ENDPOINT = os.environ.pop("AWS_ENDPOINT_URL_DYNAMODB", None)
os.environ.pop("AWS_ENDPOINT_URL", None)
os.environ.pop("AWS_PROFILE", None)
os.environ.pop("AWS_DEFAULT_PROFILE", None)
os.environ.update(
    AWS_ACCESS_KEY_ID="test",
    AWS_SECRET_ACCESS_KEY="test",
    AWS_DEFAULT_REGION="us-east-1",
    AWS_EC2_METADATA_DISABLED="true",
    TWEETER_ENVIRONMENT="test",
    TWEETER_ARGON2_MEMORY_KIB="8",
    TWEETER_ARGON2_PASSES="1",
    TWEETER_FEED_WRITE_CAPACITY="40000",  # so that no delivery has to wait in a test
    TWEETER_SIGN_IN_ATTEMPTS="3",
    TWEETER_SIGN_IN_ATTEMPTS_BY_ADDRESS="6",
    TWEETER_SIGN_IN_WINDOW_SECONDS=str(3_650 * 86_400),  # so that none ends within a test
    TWEETER_LIMIT_WINDOW_SECONDS=str(3_650 * 86_400),
    TWEETER_SECRET_KEY="only-for-tests-" + "0" * 50,
)

from tweeter.settings import *  # noqa: E402, F403

# Looking for the static files takes each new client longer than most tests take.
MIDDLEWARE = [each for each in MIDDLEWARE if "whitenoise" not in each]  # noqa: F405
