"""One deployment by Zappa: its settings completed beforehand, its event sources checked after."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tweeter import aws
from tweeter.config import get_config
from tweeter.deployment.mappings import EventSource, find, finish, queue_arn
from tweeter.deployment.stage import adopt_stage
from tweeter.errors import NotFound, TweeterError
from tweeter.provisioning.packages import package_bucket_name
from tweeter.provisioning.role import allow_switching, region, role_name
from tweeter.triggers import remember, remembered

if TYPE_CHECKING:
    from zappa.cli import ZappaCLI

_FIRST_SNAP_START = "python3.12"


class Deployment:
    """A stage that Zappa is about to work on, or has worked on.

    TweeterError, with what to do about it, for a stage that cannot be deployed.
    """

    def __init__(self, zappa: ZappaCLI) -> None:
        self._zappa = zappa
        self._stage: str = zappa.api_stage
        if self.is_local and not os.environ.get("AWS_ENDPOINT_URL"):
            message = "The stage local is for an embedded AWS; `make deploy-local` starts one."
            raise TweeterError("no_endpoint", message)

    @property
    def is_local(self) -> bool:
        """Whether it goes to an embedded AWS."""
        return self._stage == "local"

    def complete_settings(self) -> None:
        """Fill in what depends on the account: variables, role, bucket and queues.

        NotFound `not_provisioned` when something is missing that `provision` makes.
        """
        zappa = self._zappa
        variables = adopt_stage(self._stage)
        if "TWEETER_SECRET_KEY" not in variables:
            raise _not_provisioned(self._stage, "secret")
        config = get_config()
        if zappa.timeout_seconds != config.function_timeout_seconds:
            message = (
                f"zappa_settings.json has {zappa.timeout_seconds} timeout_seconds, but the queues "
                f"are made for the {config.function_timeout_seconds} of "
                "TWEETER_FUNCTION_TIMEOUT_SECONDS."
            )
            raise TweeterError("timeouts_differ", message)
        zappa.aws_environment_variables = variables
        zappa.s3_bucket_name = package_bucket_name()
        zappa.zappa.credentials_arn = self._role_arn()
        events = self._events()
        if zappa.vargs["command"] == "deploy":
            self._clear_half_made(events)
        for event in events:
            self._keep_state(event["event_source"])
        zappa.override_stage_config_setting("events", events)
        if zappa.runtime < _FIRST_SNAP_START and zappa.snap_start != "None":
            zappa.snap_start = "None"
            zappa.apigateway_lambda_qualifier = None

    def drop_former_variables(self) -> None:
        """Take away variables that the function has from an earlier deployment only.

        Zappa keeps them, so that a setting taken out of the stage would stay in effect.
        """
        function = self._function()
        if function is None:
            return  # Zappa says so itself
        present = function.get("Environment", {}).get("Variables", {})
        wanted = self._zappa.aws_environment_variables
        if set(present) - set(wanted):
            client = aws.client("lambda")
            client.update_function_configuration(
                FunctionName=self._zappa.lambda_name, Environment={"Variables": wanted}
            )
            client.get_waiter("function_updated_v2").wait(FunctionName=self._zappa.lambda_name)

    def finish_mappings(self, say: Callable[[str], object]) -> None:
        """Set both event source mappings to what `zappa_settings.json` says, and check them.

        TweeterError when one is missing, is there twice, or does not become what it should be.
        """
        mappings = [finish(self._zappa.lambda_name, source) for source in self._sources()]
        allow_switching([mapping["EventSourceMappingArn"] for mapping in mappings])
        for mapping in mappings:
            remember(mapping["EventSourceArn"], mapping["UUID"])
            say(f"{mapping['EventSourceArn']} -> {self._zappa.lambda_name}: {mapping['State']}")

    def _events(self) -> list[dict[str, Any]]:
        """Return the stage's events with the queues' ARNs instead of their short names."""
        events: list[dict[str, Any]] = copy.deepcopy(self._zappa.stage_config["events"])
        for event in events:
            source = event["event_source"]
            name = f"{get_config().name_prefix}-{source['arn']}"
            arn = queue_arn(name)
            if arn is None:
                raise _not_provisioned(self._stage, f"queue {name}")
            source["arn"] = arn
        return events

    def _clear_half_made(self, events: list[dict[str, Any]]) -> None:
        """Remove a function that an interrupted `zappa deploy` left without its API.

        Zappa would refuse to deploy over it, and to update what has no API.
        """
        if self._function() is None or self._has_api():
            return
        client = aws.client("lambda")
        for event in events:
            mapping = find(self._zappa.lambda_name, EventSource.of(event["event_source"]))
            if mapping:
                client.delete_event_source_mapping(UUID=mapping["UUID"])
        client.delete_function(FunctionName=self._zappa.lambda_name)

    def _keep_state(self, source: dict[str, Any]) -> None:
        """Have Zappa leave a mapping running, or resting, as it is, and make a new one at rest.

        A mapping as Zappa makes it reports no failed messages, and so loses them: it must not run
        before `finish_mappings`.
        """
        mapping = find(self._zappa.lambda_name, EventSource.of(source))
        source["enabled"] = mapping is not None and mapping["State"] in {"Enabled", "Enabling"}
        # One that no deployment has finished was never switched off by anybody.
        finished = mapping is not None and mapping["UUID"] == remembered(source["arn"])
        source["rests"] = finished and not source["enabled"]

    def _sources(self) -> list[EventSource]:
        return [
            EventSource.of(event["event_source"]) for event in self._zappa.stage_config["events"]
        ]

    def _role_arn(self) -> str:
        client = aws.client("iam")
        try:
            return client.get_role(RoleName=role_name())["Role"]["Arn"]
        except client.exceptions.NoSuchEntityException as error:
            raise _not_provisioned(self._stage, f"role {role_name()}") from error

    def _function(self) -> dict[str, Any] | None:
        client = aws.client("lambda")
        try:
            return dict(client.get_function_configuration(FunctionName=self._zappa.lambda_name))
        except client.exceptions.ResourceNotFoundException:
            return None

    def _has_api(self) -> bool:
        try:
            self._zappa.zappa.cf_client.describe_stacks(StackName=self._zappa.lambda_name)
        except ClientError as error:
            if aws.error_code(error) != "ValidationError":  # which says that it does not exist
                raise
            return False
        return True


def _not_provisioned(stage: str, what: str) -> NotFound:
    message = (
        f"The {what} is not there yet in {region()}; first: "
        f"TWEETER_ENVIRONMENT={stage} .venv/bin/python manage.py provision"
    )
    return NotFound("not_provisioned", message)
