"""The embedded AWS starts, keeps its data, and never stays behind."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest

from tweeter.local.data_lock import DataLock
from tweeter.local.ports import LOOPBACK, find_free
from tweeter.local.processes import LocalRunError
from tweeter.local.stack import EmbeddedAws

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

SESSION = boto3.session.Session("local", "local", region_name="us-east-1")  # is dear to make
ROOT = Path(__file__).parents[2]
STARTER = """
import sys
from pathlib import Path
from tweeter.local.data_lock import DataLock
from tweeter.local.stack import EmbeddedAws

port, directory, executable = int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
with DataLock(directory) as lock:
    EmbeddedAws(
        port=port,
        state_directory=directory / "aws",
        executable=executable,
        log_file=directory / "aws.log",
        keep_open=(lock.fileno(),),
    ).start()
    print("started", flush=True)
    sys.stdin.read()
"""


class Clients:
    """Clients to an embedded AWS; they close their connections at the end."""

    def __init__(self, url: str) -> None:
        self.sqs: SQSClient = SESSION.client("sqs", endpoint_url=url)
        self.s3: S3Client = SESSION.client("s3", endpoint_url=url)
        self.dynamodb: DynamoDBClient = SESSION.client("dynamodb", endpoint_url=url)

    def close(self) -> None:
        """Close all connections."""
        for client in (self.sqs, self.s3, self.dynamodb):
            client.close()


@pytest.fixture(scope="session")
def executable() -> Path:
    """Return ministack's script; its absence is a failure, since `make test` installs it."""
    path = Path(os.environ.get("TWEETER_MINISTACK", ROOT / ".venv-aws" / "bin" / "ministack"))
    if not path.exists():
        pytest.fail(f"{path} is missing: `make test` installs it, or name it in TWEETER_MINISTACK")
    return path


@pytest.fixture
def aws(tmp_path: Path, executable: Path) -> EmbeddedAws:
    """Return an embedded AWS that keeps its data in the test's directory, not started yet."""
    return EmbeddedAws(
        port=find_free(),
        state_directory=tmp_path / "aws",
        executable=executable,
        log_file=tmp_path / "aws.log",
    )


def test_tables_messages_and_objects_are_there_again_after_a_restart(aws: EmbeddedAws) -> None:
    with aws:
        clients = Clients(aws.url)
        queue_url = clients.sqs.create_queue(QueueName="letters")["QueueUrl"]
        clients.sqs.send_message(QueueUrl=queue_url, MessageBody="hello")
        clients.dynamodb.create_table(
            TableName="notes",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        clients.dynamodb.put_item(TableName="notes", Item={"id": {"S": "one"}})
        clients.s3.create_bucket(Bucket="pictures")
        clients.s3.put_object(Bucket="pictures", Key="a", Body=b"\x00\xff")
        clients.close()

    with aws:
        clients = Clients(aws.url)
        queue_url = clients.sqs.get_queue_url(QueueName="letters")["QueueUrl"]
        messages = clients.sqs.receive_message(QueueUrl=queue_url)["Messages"]
        assert [message["Body"] for message in messages] == ["hello"]
        item = clients.dynamodb.get_item(TableName="notes", Key={"id": {"S": "one"}})["Item"]
        assert item == {"id": {"S": "one"}}
        body = clients.s3.get_object(Bucket="pictures", Key="a")["Body"]
        assert body.read() == b"\x00\xff"
        clients.close()


def test_stop_tells_whether_the_data_was_saved(aws: EmbeddedAws) -> None:
    assert aws.stop()
    aws.start()
    assert aws.stop()
    assert aws.stop()
    assert aws.wait() == 0


def test_without_a_state_directory_nothing_is_kept(tmp_path: Path, executable: Path) -> None:
    aws = EmbeddedAws(
        port=find_free(),
        state_directory=None,
        executable=executable,
        log_file=tmp_path / "aws.log",
    )
    with aws:
        clients = Clients(aws.url)
        clients.sqs.create_queue(QueueName="letters")
        clients.close()
    with aws:
        clients = Clients(aws.url)
        assert not clients.sqs.list_queues().get("QueueUrls")
        clients.close()


def test_a_taken_port_is_named(tmp_path: Path, executable: Path) -> None:
    with socket.socket() as other:
        other.bind((LOOPBACK, 0))
        other.listen()
        port = other.getsockname()[1]
        aws = EmbeddedAws(
            port=port,
            state_directory=None,
            executable=executable,
            log_file=tmp_path / "aws.log",
        )
        with pytest.raises(LocalRunError, match=f"Port {port} is in use"):
            aws.start()


def test_a_missing_program_is_named(tmp_path: Path) -> None:
    aws = EmbeddedAws(
        port=find_free(),
        state_directory=None,
        executable=tmp_path / "ministack",
        log_file=tmp_path / "aws.log",
    )
    with pytest.raises(LocalRunError, match=r"ministack is missing"):
        aws.start()


def test_a_program_that_ends_at_once_is_reported_with_its_log(tmp_path: Path) -> None:
    (tmp_path / "python").symlink_to(sys.executable)
    (tmp_path / "ministack").write_text("raise SystemExit('cannot go on')", encoding="utf-8")
    aws = EmbeddedAws(
        port=find_free(),
        state_directory=None,
        executable=tmp_path / "ministack",
        log_file=tmp_path / "aws.log",
    )
    with pytest.raises(LocalRunError, match=r"code 1(?s:.*)cannot go on"):
        aws.start()


def test_it_saves_and_ends_when_its_starter_is_killed(tmp_path: Path, executable: Path) -> None:
    port = find_free()
    arguments = (str(port), str(tmp_path), str(executable))
    with subprocess.Popen(
        [sys.executable, "-c", STARTER, *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as starter:
        assert starter.stdout
        assert starter.stdout.readline() == b"started\n"
        clients = Clients(f"http://{LOOPBACK}:{port}")
        clients.sqs.create_queue(QueueName="letters")
        clients.close()
        starter.kill()
    # It inherited the lock, so the lock is free exactly when it has ended.
    wait_for_lock = "import fcntl, sys; fcntl.flock(open(sys.argv[1]), fcntl.LOCK_EX)"
    subprocess.run(
        [sys.executable, "-c", wait_for_lock, str(tmp_path / "lock")], check=True, timeout=60
    )
    assert "letters" in (tmp_path / "aws" / "sqs.json").read_text(encoding="utf-8")


def test_data_in_use_is_refused_and_names_the_process(tmp_path: Path) -> None:
    with (
        DataLock(tmp_path),
        pytest.raises(LocalRunError, match=rf"already running(?s:.*)process {os.getpid()}"),
        DataLock(tmp_path),
    ):
        pass
    with DataLock(tmp_path):
        pass
