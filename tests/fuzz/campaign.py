"""One process's share of a campaign: schemathesis against the API over HTTP, on moto.

The API answers in a thread of this process, one request at a time, as moto needs it. Each round
begins with an empty AWS, since moto grows slow with what it holds, and has a seed of its own.
"""

from __future__ import annotations

import re
import threading
from base64 import b64encode
from collections.abc import Iterable, Iterator
from random import Random
from typing import TYPE_CHECKING, Any

import schemathesis
import waitress
from django.urls import Resolver404, resolve
from hypothesis import strategies as st
from moto import mock_aws
from schemathesis.auths import AuthContext
from schemathesis.checks import CheckContext
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import AcceptedNegativeData
from schemathesis.core.failures import Failure as SchemathesisFailure
from schemathesis.core.transport import Response
from schemathesis.engine import events, from_schema
from schemathesis.hooks import HookContext
from schemathesis.openapi.checks import UnsupportedMethodResponse

from tests.fuzz import checks
from tests.fuzz.cast import Cast
from tests.fuzz.checks import AnyCase
from tests.fuzz.samples import pictures
from tests.fuzz.tally import Failure, Tally
from tests.world import Person, World
from tweeter import wiring
from tweeter.config import get_config
from tweeter.provisioning import provision
from tweeter.wsgi import make_application

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

_EXAMPLES = 40
"""Requests for an operation in a round, of good and bad data."""
_SHORT = 2_000
"""A campaign of fewer requests is a short one."""
_DELIVER_EVERY = 40
"""Requests, after which the workers run until their queues are empty."""
_LIVE, _BAD = "live", "bad"
_BAD_TOKENS = ("x", "ann", "ann.", "ann." + "A" * 43, "A" * 500, "a b", "~" * 20)


class Campaign:
    """Sends requests until there are enough, and keeps count."""

    def __init__(self, seed: int, requests: int) -> None:
        self._seed = seed
        self._wanted = requests
        self._application = make_application()
        self._random = Random(seed)
        self._cast: Cast
        self._world: World
        self._personas: dict[str, tuple[str | None, Person | None]] = {}
        self._refused: set[str] = set()
        self._calls = 0
        self.tally = Tally()
        self.operations: list[str] = []

    def run(self) -> None:
        """Run round after round."""
        self._register()
        address = self._serve()
        number = 0
        while self.tally.requests < self._wanted:
            before = self.tally.requests
            self._run_round(address, self._seed * 1_000 + number, first=number == 0)
            if self.tally.requests == before:
                self.tally.errors.append("A round sent nothing.")
                return
            number += 1

    def _run_round(self, address: str, seed: int, *, first: bool) -> None:
        self._random = Random(seed)
        with mock_aws():
            wiring.forget()
            provision(lambda line: None)
            self._world = World()
            self._cast = Cast(self._world, self._random)
            document = _strict(self._world.anonymous.get("/schema/?format=json").json())
            self.operations = list(_operations(document))
            config = _config(address, seed, self._examples(), self._phases(first=first))
            schema = schemathesis.openapi.from_dict(document, config=config)
            stream = from_schema(schema).execute()
            for event in stream:
                self._note(event, seed)
                if self.tally.requests >= self._wanted:
                    stream.stop()

    def _serve(self) -> str:
        """Have a thread answer for as long as the process lives; return the API's address."""
        server = waitress.create_server(
            self._count_answers,
            host="127.0.0.1",
            port=0,
            threads=1,
            max_request_body_size=10 * get_config().max_body_bytes,
            clear_untrusted_proxy_headers=True,
        )
        threading.Thread(target=server.run, daemon=True).start()
        return f"http://127.0.0.1:{server.effective_port}"

    def _count_answers(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        def counting(status: str, *rest: Any) -> Any:
            name = _operation(environ["REQUEST_METHOD"], environ["PATH_INFO"])
            self.tally.statuses[name, int(status[:3])] += 1
            return start_response(status, *rest)

        return self._application(environ, counting)

    def _note(self, event: events.EngineEvent, seed: int) -> None:
        if isinstance(event, events.NonFatalError):
            self.tally.errors.append(f"{event.label}: {event.value!r} (seed {seed})")
        if not isinstance(event, events.ScenarioFinished):
            return
        for results in event.recorder.checks.values():
            for result in results:
                found = result.failure_info
                if found is None or _is_of_an_ended_session(found.failure):
                    self.tally.unfailing += 1
                    continue
                operation, problem = event.label or "several", found.failure
                self.tally.failures.append(
                    Failure(
                        problem.operation or operation,
                        result.name,
                        f"{problem.title}\n{problem.message}",
                        found.code_sample,
                        seed,
                    )
                )

    def _examples(self) -> int:
        """Return the requests for an operation in a round; a short campaign has but one round."""
        return _EXAMPLES if self._wanted >= _SHORT else self._wanted // len(self.operations)

    def _phases(self, *, first: bool) -> frozenset[str]:
        """Return which of schemathesis' phases a round has beside fuzzing. Examples and coverage
        are the same each time; a short campaign is left with hardly anything after them."""
        if self._wanted < _SHORT:
            return frozenset()
        return frozenset({"examples", "coverage"} if first else {"stateful"})

    def _register(self) -> None:
        """Tell schemathesis, whose hooks are the process's, what we do and check ourselves."""
        schemathesis.openapi.format("binary", st.binary() | st.sampled_from(pictures()))
        encoded = [b64encode(picture).decode() for picture in pictures()]
        as_text = st.binary().map(lambda data: b64encode(data).decode())
        schemathesis.openapi.format("byte", as_text | st.sampled_from(encoded))
        schemathesis.auth(refresh_interval=None)(_Persona)
        # Plain functions, since schemathesis keeps notes on them, as it can't on methods.

        @schemathesis.hook
        def before_call(_context: HookContext, case: AnyCase, _kwargs: dict[str, Any]) -> None:
            self._prepare(case)

        @schemathesis.hook
        def after_call(_context: HookContext, case: AnyCase, response: Response) -> None:
            self._learn(case, response)

        @schemathesis.hook
        def filter_failure(
            _context: HookContext, failure: SchemathesisFailure, case: AnyCase, _response: Response
        ) -> bool:
            return not (isinstance(failure, AcceptedNegativeData) and checks.rightly_accepted(case))

        @schemathesis.check
        def sessions_are_what_they_are(
            _ctx: CheckContext, response: Response, case: AnyCase
        ) -> None:
            self._check_session(case, response)

        @schemathesis.check
        def refusals_have_a_reason(_ctx: CheckContext, response: Response, case: AnyCase) -> None:
            problem = checks.refused_without_reason(case, response)
            if problem:
                raise AssertionError(problem)

    def _prepare(self, case: AnyCase) -> None:
        """Put a real token in its place, and other real things."""
        persona = case.headers.get("Authorization") if case.headers else None
        sender = self._cast.pick() if persona == _LIVE else None
        if sender is not None:
            case.headers["Authorization"] = f"Bearer {sender.token}"
        elif persona == _BAD:
            token = self._random.choice([*_BAD_TOKENS, *self._cast.ended_tokens])
            case.headers["Authorization"] = f"Bearer {token}"
        self._personas[case.id] = (persona, sender)
        self._cast.make_real(case, sender)

    def _learn(self, case: AnyCase, response: Response) -> None:
        """Learn from an answer; and every now and then, let the workers work."""
        _, sender = self._personas[case.id]
        if response.status_code == 401 and sender and self._cast.is_live(sender):
            self._refused.add(case.id)
        self._cast.learn(case, response, sender)
        self._calls += 1
        if self._calls % _DELIVER_EVERY == 0:
            self._world.deliver()

    def _check_session(self, case: AnyCase, response: Response) -> None:
        """A live session is accepted, and a bad token is not, even where none is needed."""
        persona, _ = self._personas.pop(case.id, (None, None))
        if case.id in self._refused and not case.path.startswith("/sessions/"):
            self._refused.discard(case.id)
            message = "A live session was refused."
            raise AssertionError(message)
        if persona == _BAD and response.status_code < 300 and case.path != "/health/":
            message = "A bad token was accepted."
            raise AssertionError(message)


class _Persona:
    """Decides whether a request is sent by somebody, with a bad token, or by nobody.

    Which is a placeholder until the request is sent: a session may end before that.
    """

    _random = Random(0)

    def get(self, _case: AnyCase, _context: AuthContext) -> str | None:
        """Return a placeholder for a token, None for none."""
        return self._random.choices([_LIVE, _BAD, None], [16, 1, 3])[0]

    def set(self, case: AnyCase, data: str, _context: AuthContext) -> None:
        """Put the placeholder where a token goes."""
        case.headers["Authorization"] = data


def _operation(method: str, path: str) -> str:
    """Name an operation as schemathesis does, by method and path."""
    try:
        route = resolve(path).route
    except (Resolver404, ValueError):
        return f"{method} elsewhere"
    return f"{method} /" + re.sub(r"<str:(\w+)>", r"{\1}", route)


def _operations(document: dict[str, Any]) -> Iterator[str]:
    for path, methods in document["paths"].items():
        yield from (f"{method.upper()} {path}" for method in methods)


def _strict(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema with no room for what it does not name in an answer.

    Clients are told to ignore what they do not know; so that we may add to answers. Until we do,
    what is not in the schema is a mistake.
    """
    for name, component in schema["components"]["schemas"].items():
        if component["type"] == "object" and not name.endswith("Request"):
            component["additionalProperties"] = False
    return schema


def _config(address: str, seed: int, examples: int, phases: frozenset[str]) -> SchemathesisConfig:
    """Return schemathesis' settings: all checks, no shrinking, nothing kept between runs."""
    return SchemathesisConfig.from_dict(
        {
            "base-url": address,
            "seed": seed,
            "continue-on-failure": True,
            "output": {"sanitization": {"enabled": False}},
            "generation": {"max-examples": examples, "no-shrink": True, "database": "none"},
            "phases": {
                name: {"enabled": name in phases} for name in ("examples", "coverage", "stateful")
            },
            # Which refusals are right is told apart by `refusals_have_a_reason`.
            "checks": {
                "positive_data_acceptance": {
                    "expected-statuses": ["2xx", "400", "401", "403", "404", "409", "429"]
                },
                "not_a_server_error": {"expected-statuses": ["2xx", "3xx", "4xx"]},
            },
        }
    )


def _is_of_an_ended_session(failure: SchemathesisFailure) -> bool:
    """Tell whether a method that there is not was answered 401 and not 405: the session that it was
    sent with has ended since, and that comes first."""
    return isinstance(failure, UnsupportedMethodResponse) and failure.status_code == 401
