"""Log lines: how they look here and on Lambda, and which request they name."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.test import RequestFactory

from tests.log_lines import recorded_lines
from tweeter import logs

logger = logging.getLogger("tests.logs")


def output_of(program: str) -> list[str]:
    """Return what a new process writes, line by line, with both of its outputs as one."""
    run = subprocess.run(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=True,
    )
    return run.stdout.splitlines()


def test_lines_carry_what_is_bound_while_it_is_bound() -> None:
    with recorded_lines() as lines:
        with logs.bound(request_id="r-1", queue="feed"):
            logger.info("within")
            with logs.bound(request_id="r-2"):
                logger.info("deeper")
            logger.info("back")
        logger.info("after")
    found = [(line["message"], line.get("request_id"), line.get("queue")) for line in lines]
    assert found == [
        ("within", "r-1", "feed"),
        ("deeper", "r-2", "feed"),
        ("back", "r-1", "feed"),
        ("after", None, None),
    ]


def test_what_is_found_out_later_is_on_the_lines_until_the_end_of_the_work() -> None:
    with recorded_lines() as lines:
        with logs.bound(queue="feed"):
            logs.bind(request_id="r-1")
            logger.info("within")
        logger.info("after")
    assert [line.get("request_id") for line in lines] == ["r-1", None]


def test_work_on_something_else_takes_the_id_off() -> None:
    with logs.bound(request_id="r-1"), logs.bound(request_id=None), recorded_lines() as lines:
        logger.info("about another one")
    assert "request_id" not in lines[0]


def test_fields_end_with_the_work_even_if_it_fails() -> None:
    with pytest.raises(ZeroDivisionError), logs.bound(request_id="r-1"):
        raise ZeroDivisionError
    assert logs.request_id() is None


def test_threads_do_not_see_each_others_requests() -> None:
    with ThreadPoolExecutor(1) as other, logs.bound(request_id="r-1"):
        assert other.submit(logs.request_id).result() is None
        assert logs.request_id() == "r-1"


@pytest.mark.parametrize("value", ["a", "4f2c8f6e-7a56-4b0c-9d0b-3c1f4e1d2a11", "0" * 64])
def test_ids_as_aws_and_we_make_them_are_accepted(value: str) -> None:
    assert logs.as_request_id(value) == value


@pytest.mark.parametrize("value", [None, 7, "", "0" * 65, "a b", "a\n", "é", "a_b", ["a"]])
def test_nothing_else_is_an_id(value: object) -> None:
    assert logs.as_request_id(value) is None


def test_a_line_on_lambda_is_one_json_object_even_with_a_traceback() -> None:
    with recorded_lines() as lines:
        try:
            json.loads("nothing\nof the kind")
        except ValueError:
            logger.exception("failed at %s", "it")
    (line,) = lines
    assert line["level"] == "ERROR"
    assert line["name"] == "tests.logs"
    assert line["message"] == "failed at it"
    assert line["timestamp"].endswith("+00:00")
    assert line["exception_name"] == "JSONDecodeError"
    assert "Traceback" in line["exception"]


def test_a_request_that_django_adds_to_a_line_is_left_out() -> None:
    request = RequestFactory().get("/sessions/?password=hunter2")
    with recorded_lines() as lines:
        logger.error("Internal Server Error: /sessions/", extra={"request": request})
    assert "hunter2" not in json.dumps(lines)


@pytest.mark.parametrize(
    ("request_id", "expected"),
    [(None, "WARNING tests.logs oh"), ("r-1", "WARNING tests.logs oh [r-1]")],
)
def test_a_line_for_people_ends_with_the_id(request_id: str | None, expected: str) -> None:
    record = logging.LogRecord("tests.logs", logging.WARNING, "", 1, "oh", None, None)
    with logs.bound(request_id=request_id):
        logs.BoundFields().filter(record)
    line = logs.LineFormatter("%(levelname)s %(name)s %(message)s").format(record)
    assert line == expected


def test_a_traceback_for_people_follows_the_line() -> None:
    with pytest.raises(ValueError, match="Expecting value") as caught:
        json.loads("")
    record = logging.LogRecord("x", logging.ERROR, "", 1, "oh", None, caught._excinfo)
    record.request_id = "r-1"
    line, *traceback = logs.LineFormatter("%(message)s").format(record).splitlines()
    assert line == "oh [r-1]"
    assert traceback[-1].startswith("json.decoder.JSONDecodeError")


ON_LAMBDA = """
import logging
logging.getLogger().addHandler(logging.StreamHandler())  # as Lambda's runtime does
import zappa.handler
logging.getLogger().setLevel("DEBUG")  # as Zappa does with its own setting
logging.getLogger("zappa.handler").setLevel("DEBUG")
from tweeter import logs
logs.configure(on_lambda=True, level="INFO")
logs.configure(on_lambda=True, level="INFO")
logging.getLogger("zappa.handler").debug("Zappa Event: {'Authorization': 'Bearer secret'}")
logging.getLogger("zappa.wsgi").info("127.0.0.1 GET /?token=secret")
logging.getLogger("botocore.endpoint").debug("secret")
logging.getLogger("tweeter").debug("too small")
with logs.bound(request_id="r-1"):
    logging.getLogger("tweeter").info("all of %s", "it")
"""


def test_on_lambda_each_line_appears_once_and_zappas_own_do_not() -> None:
    (line,) = output_of(ON_LAMBDA)
    fields = json.loads(line)
    assert fields["message"] == "all of it"
    assert fields["request_id"] == "r-1"


ON_ONE_MACHINE = """
import logging, sys
from tweeter import logs
logs.configure(on_lambda=False, level="INFO")
with logs.bound(request_id="r-1"):
    logging.getLogger("tweeter").info("hello")
print("aws_lambda_powertools" in sys.modules)
"""


def test_elsewhere_lines_are_for_people_and_what_lambda_needs_is_not_imported() -> None:
    line, is_imported = output_of(ON_ONE_MACHINE)
    assert line.endswith("INFO tweeter hello [r-1]")
    assert is_imported == "False"
