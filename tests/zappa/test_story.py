"""The product as Zappa deploys it, in an embedded AWS: API Gateway, Lambda, queues, workers."""

from __future__ import annotations

import io
import json
import os
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import boto3
import pytest
from PIL import Image

from bench.web import send
from tests.world import png
from tweeter.local.deployed import DeployedSystem
from tweeter.local.ports import find_free

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 60.0


class DeployedApi:
    """The API at its own address, which this machine need not be able to resolve."""

    def __init__(self, url: str) -> None:
        self.url = url

    def __call__(
        self, method: str, path: str, body: object = None, token: str = ""
    ) -> tuple[int, Any]:
        """Send a request to a path, or to an address as the API gave it."""
        encoded = json.dumps(body).encode() if body is not None else None
        return self.send(method, path, encoded, "application/json", token)

    def send(
        self, method: str, path: str, body: bytes | None, content_type: str, token: str = ""
    ) -> tuple[int, Any]:
        address = urlsplit(path if path.startswith("http") else self.url + path)
        assert address.port is not None
        headers = {"Host": address.netloc, "Content-Type": content_type}
        headers["Accept"] = "application/json"
        if token:
            headers["Authorization"] = f"Bearer {token}"
        target = f"{address.path}?{address.query}"
        answer = send(address.port, method, target, body, headers)
        is_json = answer.content[:1] in {b"{", b"["}
        return answer.status, answer.json if is_json else answer.content


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DeployedSystem]:
    """An embedded AWS with nothing in it yet."""
    for name in list(os.environ):
        if name.startswith(("TWEETER_", "DJANGO_")):  # those of the tests are not a developer's
            monkeypatch.delenv(name)
    with DeployedSystem(
        root=ROOT, port=find_free(), folder=tmp_path, say=lambda line: None
    ) as system:
        yield system


def client(system: DeployedSystem, service: Any) -> Any:
    return boto3.client(
        service,
        endpoint_url=system.environment["AWS_ENDPOINT_URL"],
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )


def eventually(look: Callable[[], object]) -> Any:
    """Return the first true thing that is seen; whatever was seen last when patience ends."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (seen := look()) and time.monotonic() < deadline:
        time.sleep(0.2)
    return seen


def sign_up(api: DeployedApi, alias: str) -> str:
    """Sign up by a form with a picture, as a browser does, and return the token."""
    fields = {"alias": alias, "name": alias, "password": "a horse, correct"}
    parts = [
        f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode()
        for name, value in fields.items()
    ]
    parts.append(
        b'Content-Disposition: form-data; name="avatar"; filename="me.png"\r\n'
        b"Content-Type: image/png\r\n\r\n" + png()
    )
    body = b"".join(b"--frontier\r\n" + part + b"\r\n" for part in parts) + b"--frontier--\r\n"
    status, session = api.send("POST", "/accounts/", body, "multipart/form-data; boundary=frontier")
    assert status == 201, session
    return str(session["token"])


def feed(api: DeployedApi, token: str) -> list[str]:
    return [each["text"] for each in api("GET", "/feed/", token=token)[1]["results"]]


def mappings(system: DeployedSystem) -> list[dict[str, Any]]:
    answer = client(system, "lambda").list_event_source_mappings(FunctionName="tweeter-local")
    found: list[dict[str, Any]] = answer["EventSourceMappings"]
    return found


def names_of_what_is_there(system: DeployedSystem) -> set[str]:
    """Return what there is of all that a deployment may make."""
    functions = client(system, "lambda").list_functions()["Functions"]
    apis = client(system, "apigateway").get_rest_apis()["items"]
    stacks = client(system, "cloudformation").describe_stacks()["Stacks"]
    roles = client(system, "iam").list_roles()["Roles"]
    rules = client(system, "events").list_rules()["Rules"]
    s3 = client(system, "s3")
    buckets = s3.list_buckets()["Buckets"]
    packages = [
        entry["Key"]
        for bucket in buckets
        for entry in s3.list_objects_v2(Bucket=bucket["Name"]).get("Contents", [])
        if "packages" in bucket["Name"]
    ]
    return {
        *(f"function {each['FunctionName']}" for each in functions),
        *(f"api {each['name']}" for each in apis),
        *(f"stack {each['StackName']} {each['StackStatus']}" for each in stacks),
        *(f"role {each['RoleName']}" for each in roles),
        *(f"rule {each['Name']}" for each in rules),
        *(f"bucket {each['Name']}" for each in buckets),
        *(f"mapping {each['EventSourceArn']}" for each in mappings(system)),
        *(f"package {key}" for key in packages),
    }


def test_a_deployment_from_nothing_to_nothing(system: DeployedSystem) -> None:
    system.manage("provision", "--function")
    provisioned = names_of_what_is_there(system)

    api = DeployedApi(system.deploy())
    the_story_is_told(api)
    poison_goes_to_the_dead_letters(system)
    commands_run_in_the_function(system, api)
    what_is_switched_off_stays_off(system, api)

    system.zappa("undeploy", "--yes")
    assert names_of_what_is_there(system) == provisioned


def the_story_is_told(api: DeployedApi) -> None:
    ann, bob = sign_up(api, "ann"), sign_up(api, "bob")
    assert api("POST", "/accounts/ann/follow/", token=bob)[0] == 201
    for text in ("first, with é", "second", "third"):
        assert api("POST", "/statuses/", {"text": text}, ann)[0] == 201
    texts = eventually(lambda: len(feed(api, bob)) == 3 and feed(api, bob))
    assert texts == ["third", "second", "first, with é"]

    status, page = api("GET", "/feed/?page_size=2", token=bob)
    assert status == 200
    assert page["next"].startswith(f"{api.url}/feed/?")
    status, rest = api("GET", page["next"], token=bob)
    assert [each["text"] for each in rest["results"]] == ["first, with é"]

    with urlopen(page["results"][0]["author"]["avatar_url"]) as answer:  # noqa: S310 - the bucket
        assert Image.open(io.BytesIO(answer.read())).format == "WEBP"
    delivery = api("GET", f"/statuses/{page['results'][0]['id']}/delivery/", token=ann)[1]
    assert delivery["delivered"] == 1

    icon = "/static/drf_spectacular_sidecar/swagger-ui-dist/favicon-32x32.png"
    status, picture = api("GET", icon)
    assert (status, picture[:4]) == (200, b"\x89PNG")
    assert api("GET", "/statuses/nothing/")[0] == 404


def messages(sqs: Any, url: str) -> Any:
    return sqs.receive_message(QueueUrl=url).get("Messages")


def poison_goes_to_the_dead_letters(system: DeployedSystem) -> None:
    sqs = client(system, "sqs")
    for queue in ("tweeter-local-fan-out", "tweeter-local-feed"):
        sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName=queue)["QueueUrl"], MessageBody="?")
        dead = sqs.get_queue_url(QueueName=f"{queue}-dead")["QueueUrl"]
        letters = eventually(partial(messages, sqs, dead))
        assert [letter["Body"] for letter in letters] == ["?"]


def commands_run_in_the_function(system: DeployedSystem, api: DeployedApi) -> None:
    system.zappa("manage", "capacity feeds --write 77")
    table = client(system, "dynamodb").describe_table(TableName="tweeter-local-feeds")["Table"]
    assert table["ProvisionedThroughput"]["WriteCapacityUnits"] == 77
    assert "77 WCU of the feed table" in system.zappa("manage", "costs")
    system.zappa("manage", "triggers off")
    assert [mapping["State"] for mapping in mappings(system)] == ["Disabled", "Disabled"]


def what_is_switched_off_stays_off(system: DeployedSystem, api: DeployedApi) -> None:
    """And what was deleted from a stage's variables is gone after an update."""
    functions = client(system, "lambda")
    variables = functions.get_function_configuration(FunctionName="tweeter-local")["Environment"]
    with_former = {**variables["Variables"], "TWEETER_FORMER": "yes"}
    functions.update_function_configuration(
        FunctionName="tweeter-local", Environment={"Variables": with_former}
    )

    system.zappa("update")

    after = functions.get_function_configuration(FunctionName="tweeter-local")["Environment"]
    assert after["Variables"] == variables["Variables"]
    for mapping in mappings(system):
        assert mapping["State"] == "Disabled"
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert mapping["ScalingConfig"] == {"MaximumConcurrency": 2}
    assert api("GET", "/accounts/ann/")[1]["followers_count"] == 1
    system.manage("triggers", "on")
    assert [mapping["State"] for mapping in mappings(system)] == ["Enabled", "Enabled"]
