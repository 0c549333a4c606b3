"""What the function of a stage is configured with beyond the stage's own variables."""

from __future__ import annotations

from tweeter import aws
from tweeter.config import get_config
from tweeter.provisioning.secret import read_secret
from tweeter.stages import configure, configure_as


def adopt_stage(stage: str) -> dict[str, str]:
    """Configure this process as the deployed function of a stage is, and return its variables.

    The prefix of all names is always among them, for the function to find what was provisioned in
    this shell. The secret is absent before `provision` has made it, and the bucket's name contains
    the account, since bucket names are unique over all of AWS. NotFound for a stage that is none,
    Unavailable when AWS does not answer.
    """
    variables = configure_as(stage)
    prefix = get_config().name_prefix
    variables["TWEETER_NAME_PREFIX"] = prefix
    variables.setdefault("TWEETER_PICTURE_BUCKET", f"{prefix}-pictures-{aws.account_id()}")
    secret = read_secret()
    if secret is not None:
        variables["TWEETER_SECRET_KEY"] = secret
    configure(variables)
    return variables
