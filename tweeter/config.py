"""Every setting of Tweeter: its environment variable, its type, its default, and what it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, Field, dataclass, fields, replace
from functools import cache
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

from tweeter.config_checks import check

_LOCAL_SECRET = "local-only-never-deployed-" + "0" * 40

_DEPLOYED = ("dev", "production")
ENVIRONMENTS = ("local", "test", *_DEPLOYED)
_TOLD_OTHERWISE = ("environment", "on_lambda")
"""Settings that are not simply read from a variable of their name."""

_SECRET_CHARACTERS = 50  # Django's own check of a deployment (security.W009) asks for as many

_TRUTH = {
    **dict.fromkeys(("yes", "true", "on", "1"), True),
    **dict.fromkeys(("no", "false", "off", "0"), False),
}
_LIMITS_OF_DEPLOYMENTS = (
    "sign_in_attempts_by_address",
    "sign_ups_by_address",
    "posts_by_account",
    "follows_by_account",
    "pictures_by_account",
)
_WIDE = 1_000_000
"""What these are where nothing is deployed: one machine is one address for all the accounts that
are tried out on it, by a test suite of thousands of calls or by a benchmark, and nobody is kept out
there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Config:
    """The settings of one process, read once from `TWEETER_...` variables named after the fields.

    Nothing in here names an AWS account or region: those come from the AWS environment.
    """

    environment: str
    """`TWEETER_ENVIRONMENT`: local (embedded AWS), test, dev or production; local when left out,
    which Lambda does not allow."""

    on_lambda: bool
    """`AWS_LAMBDA_FUNCTION_NAME`, which Lambda sets: whether this process is one of its own."""

    secret_key: str
    """`TWEETER_SECRET_KEY`: signs cursors and form tokens and keys picture names. 50 characters or
    more; required for serving in dev, in production and on Lambda. Empty where it is not needed
    and not given, as in an operator's shell."""

    allowed_hosts: tuple[str, ...]
    """`TWEETER_ALLOWED_HOSTS`: host names that the API answers to, separated by commas; a custom
    domain must be among them. In dev and production, when left out, those that API Gateway gives
    in `AWS_REGION`, which Lambda sets; everywhere else all."""

    https: bool
    """`TWEETER_HTTPS`: whether clients must use HTTPS: plain requests are redirected to it, and
    cookies go over nothing else; yes in dev and production, elsewhere no."""

    hsts_seconds: int = 31_536_000
    """`TWEETER_HSTS_SECONDS`: for how long browsers remember that (RFC 6797); a year, and always 0
    without `TWEETER_HTTPS`. Ten years at most."""

    cors_origins: tuple[str, ...] = ()
    """`TWEETER_CORS_ORIGINS`: origins of web clients that may call the API, e.g.
    `https://app.example.org`; none when left out."""

    suggested_accounts: tuple[str, ...] = ()
    """`TWEETER_SUGGESTED_ACCOUNTS`: aliases that pages name to whoever follows nobody yet; none
    when left out. What is no alias is passed over. `make run` names some of its demo."""

    name_prefix: str
    """`TWEETER_NAME_PREFIX`: what every table and queue is named after; `tweeter-<environment>`."""

    picture_bucket: str = ""
    """`TWEETER_PICTURE_BUCKET`: the S3 bucket of the pictures; `<name_prefix>-pictures`."""

    picture_base_url: str = ""
    """`TWEETER_PICTURE_BASE_URL`: where the bucket is served from, without a slash at the end;
    when left out, the bucket's own address."""

    session_minutes: int = 60
    """`TWEETER_SESSION_MINUTES`: minutes of inactivity after which a session ends, up to ten
    years; 60."""

    feed_write_capacity: int = 100
    """`TWEETER_FEED_WRITE_CAPACITY`: WCU that `provision` gives the feed table, up to 40,000; 100.
    The fan-out follows what the table really has, not this."""

    feed_read_capacity: int = 50
    """`TWEETER_FEED_READ_CAPACITY`: RCU that `provision` gives the feed table, up to 40,000; 50."""

    chunk_size: int = 100
    """`TWEETER_CHUNK_SIZE`: feed entries in one message of the feed queue, 25 to 1,000; 100."""

    function_timeout_seconds: int = 30
    """`TWEETER_FUNCTION_TIMEOUT_SECONDS`: the Lambda function's timeout, 16 to 900; 30.
    The queues' visibility timeout is six times this."""

    sign_in_attempts: int = 10
    """`TWEETER_SIGN_IN_ATTEMPTS`: failed sign-ins to one alias from one client address within the
    window, and wrong passwords within one session; 10. It and all other such limits: a million at
    most."""

    sign_in_attempts_by_alias: int = 100
    """`TWEETER_SIGN_IN_ATTEMPTS_BY_ALIAS`: failed sign-ins to one alias within the window, from all
    the addresses that its owner has not signed in from lately; 100. Above the former, so that no
    single address uses it up."""

    sign_in_attempts_by_address: int = 100
    """`TWEETER_SIGN_IN_ATTEMPTS_BY_ADDRESS`: failed sign-ins from one client address within the
    window, over all aliases; 100."""

    sign_in_window_seconds: int = 300
    """`TWEETER_SIGN_IN_WINDOW_SECONDS`: length of the window of these limits, up to ten years;
    300."""

    sign_ups_by_address: int = 20
    """`TWEETER_SIGN_UPS_BY_ADDRESS`: attempts to sign up from one client address within the window
    of an hour; 20."""

    posts_by_account: int = 300
    """`TWEETER_POSTS_BY_ACCOUNT`: statuses of one account within it; 300."""

    follows_by_account: int = 300
    """`TWEETER_FOLLOWS_BY_ACCOUNT`: attempts of one account to follow or unfollow; 300."""

    pictures_by_account: int = 30
    """`TWEETER_PICTURES_BY_ACCOUNT`: attempts of one account to change its picture; 30."""

    limit_window_seconds: int = 3_600
    """`TWEETER_LIMIT_WINDOW_SECONDS`: length of the window of the last four limits, up to ten
    years; 3,600."""

    max_body_bytes: int = 4_500_000
    """`TWEETER_MAX_BODY_BYTES`: largest request body, from 1,000; 4,500,000, which is the most
    that fits through API Gateway and Lambda when binary."""

    argon2_memory_kib: int = 19_456
    """`TWEETER_ARGON2_MEMORY_KIB`: memory of one password hash; 19,456, which with two passes is
    OWASP's recommendation and fits many times into a 512 MB Lambda; 262,144 at most."""

    argon2_passes: int = 2
    """`TWEETER_ARGON2_PASSES`: passes over that memory, up to 20; 2."""

    connect_timeout_seconds: float = 1.0
    """`TWEETER_CONNECT_TIMEOUT_SECONDS`: to reach an AWS service, up to 10, and at most half
    of the greatest `TWEETER_REQUEST_SECONDS`; 1."""

    read_timeout_seconds: float = 2.0
    """`TWEETER_READ_TIMEOUT_SECONDS`: for its answer, up to 60; 2. A call is sent three times at
    most."""

    request_seconds: float = 8.0
    """`TWEETER_REQUEST_SECONDS`: how long a request may wait for AWS, over all its calls, until it
    is a 503; 8. Between twice `TWEETER_CONNECT_TIMEOUT_SECONDS` and 26: with what it does besides,
    the answer is there 2 seconds later at most, which must be a second before API Gateway gives up
    at 29, and before the function's timeout."""

    alarm_email: str = ""
    """`TWEETER_ALARM_EMAIL`: whom `provision` asks to be told of alarms; nobody when left out."""

    log_level: str = "INFO"
    """`TWEETER_LOG_LEVEL`: DEBUG, INFO, WARNING or ERROR; INFO."""

    @property
    def is_deployed(self) -> bool:
        """Whether the data is that of a deployment, where no default may stand in for a secret.

        So it is in an operator's shell as well as on Lambda.
        """
        return self.environment in _DEPLOYED

    @property
    def function_name(self) -> str:
        """What Zappa calls the Lambda function, and the API before it: project and stage."""
        return f"tweeter-{self.environment}"

    @property
    def fan_out_queue_name(self) -> str:
        """The queue of statuses that wait to be fanned out."""
        return f"{self.name_prefix}-fan-out"

    @property
    def feed_queue_name(self) -> str:
        """The queue of chunks of feed entries that wait to be written."""
        return f"{self.name_prefix}-feed"

    def table_name(self, table: str) -> str:
        """Return the full name of a table, e.g. `tweeter-local-feeds` for `feeds`."""
        return f"{self.name_prefix}-{table}"

    def require_for_serving(self) -> None:
        """Check what only those need who answer requests; ImproperlyConfigured names all of it.

        Apart from the other checks, since looking after tables and queues takes neither.
        """
        problems = []
        if not self.secret_key:
            problems.append("TWEETER_SECRET_KEY is missing")
        elif len(self.secret_key) < _SECRET_CHARACTERS:
            problems.append(f"TWEETER_SECRET_KEY must have {_SECRET_CHARACTERS} characters or more")
        if not self.allowed_hosts:
            problems.append("TWEETER_ALLOWED_HOSTS is missing")
        if problems:
            message = f"This can't serve requests: {', and '.join(problems)}."
            raise ImproperlyConfigured(message)


@cache
def get_config() -> Config:
    """Return the process's settings; ImproperlyConfigured names what is missing or wrong."""
    env = environ.Env()
    on_lambda = bool(env.str("AWS_LAMBDA_FUNCTION_NAME", default=""))
    environment = _environment(env, on_lambda=on_lambda)
    defaults = _defaults(env, environment, on_lambda=on_lambda)
    read = {
        field.name: _read(env, field, defaults[field.name])
        for field in fields(Config)
        if field.name not in _TOLD_OTHERWISE
    }
    config = Config(environment=environment, on_lambda=on_lambda, **read)
    config = replace(
        config,
        hsts_seconds=config.hsts_seconds if config.https else 0,
        picture_bucket=config.picture_bucket or f"{config.name_prefix}-pictures",
        picture_base_url=config.picture_base_url.rstrip("/"),
    )
    check(config)
    return config


def _read(env: environ.Env, field: Field[Any], default: Any) -> Any:
    """Return what a field's variable says, read by the field's type, or the default.

    ImproperlyConfigured for what can't be read so.
    """
    name = f"TWEETER_{field.name.upper()}"
    if name not in env:
        return default
    readers: dict[str, tuple[str, Callable[[str], Any]]] = {
        "bool": ("yes or no", lambda name: _TRUTH[env.str(name).lower()]),
        "float": ("a number", lambda name: float(env.str(name))),
        "int": ("a whole number", env.int),
        "str": ("a text", env.str),
        "tuple[str, ...]": ("a list", env.tuple),
    }
    kind, read = readers[str(field.type)]
    try:
        return read(name)
    except (KeyError, ValueError) as error:
        message = f"{name} is {env.str(name)!r}; it must be {kind}"
        raise ImproperlyConfigured(message) from error


def _defaults(env: environ.Env, environment: str, *, on_lambda: bool) -> dict[str, Any]:
    """Return all defaults: those of the fields, and those that depend on where the process runs."""
    deployed = environment in _DEPLOYED
    return {
        **{field.name: field.default for field in fields(Config) if field.default is not MISSING},
        "secret_key": "" if deployed or on_lambda else _LOCAL_SECRET,
        "allowed_hosts": _gateway_hosts(env) if deployed else ("*",),
        "https": deployed,
        "name_prefix": f"tweeter-{environment}",
        **({} if deployed else dict.fromkeys(_LIMITS_OF_DEPLOYMENTS, _WIDE)),
    }


def _environment(env: environ.Env, *, on_lambda: bool) -> str:
    """Return what TWEETER_ENVIRONMENT says; ImproperlyConfigured."""
    environment: str = env.str("TWEETER_ENVIRONMENT", default="" if on_lambda else "local")
    if environment not in ENVIRONMENTS:
        choice = ", ".join(ENVIRONMENTS)
        message = f"TWEETER_ENVIRONMENT is {environment!r}; it must be one of {choice}"
        raise ImproperlyConfigured(message)
    # With an endpoint it is the embedded AWS that plays Lambda, for a deployment on one machine.
    embedded = environment == "local" and env.str("AWS_ENDPOINT_URL", default="")
    if on_lambda and environment in {"local", "test"} and not embedded:
        message = "TWEETER_ENVIRONMENT must be dev or production on Lambda"
        raise ImproperlyConfigured(message)
    return environment


def _gateway_hosts(env: environ.Env) -> tuple[str, ...]:
    """Return the domain of all of API Gateway's own host names in the region, none without one.

    Each is `<API's id>.execute-api.<region>.amazonaws.com`, and the id is not known before the
    function is deployed.
    """
    region = env.str("AWS_REGION", default="")
    return (f".execute-api.{region}.amazonaws.com",) if region else ()
