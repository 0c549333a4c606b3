"""One service after the other is slow or away, and every request is sent."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from bench.away.relay import Fault, Relay
from bench.away.requests import People, Sent, people, requests
from bench.fanout.service import Service
from bench.tables import print_table
from bench.web import Answer
from tweeter.provisioning import provision

_AT_ONCE = 4
"""Fewer than the server has threads: what waits for one of them waits for no service."""
PROMISED_SECONDS = 10.0


def run(relays: Mapping[str, Relay]) -> bool:
    """Print what is answered during each fault of each service; return whether it is as promised:
    served, or a 503 that says when to try again, within 10 seconds."""
    provision(lambda line: None)
    kept = True
    with Service() as service:
        who = people(service)
        _ask_all(service, requests(who))  # loads all that the first request would
        for fault in Fault:
            answers = {name: _during(service, who, relay, fault) for name, relay in relays.items()}
            kept &= _print(fault, answers)
    print("\nAll as promised." if kept else "\nNot as promised.")
    return kept


def _during(service: Service, who: People, relay: Relay, fault: Fault) -> list[tuple[Sent, Answer]]:
    relay.fault = fault
    try:
        return _ask_all(service, requests(who))
    finally:
        relay.fault = None
        # Whether all is well again; a service's address may have to be looked up anew.
        service.ask("GET", "/feed/", who.bob).expect(200)


def _ask_all(service: Service, asked: list[Sent]) -> list[tuple[Sent, Answer]]:
    def ask(sent: Sent) -> Answer:
        return service.ask(sent.method, sent.path, sent.token, sent.fields)

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(zip(asked, pool.map(ask, asked), strict=True))


def _print(fault: Fault, answers: Mapping[str, list[tuple[Sent, Answer]]]) -> bool:
    names = [sent.name for sent, _ in next(iter(answers.values()))]
    columns = [[_cell(answered) for _, answered in column] for column in answers.values()]
    rows = [list(row) for row in zip(names, *columns, strict=True)]
    everything = [answered for column in answers.values() for _, answered in column]
    slowest = [max(a.seconds for _, a in column) for column in answers.values()]
    rows.append(["the slowest", *(f"{seconds:.1f} s" for seconds in slowest)])
    print_table(f"A service {fault}: status, seconds", ("request", *answers), rows)
    return all(map(_as_promised, everything))


def _cell(answered: Answer) -> str:
    mark = "" if _as_promised(answered) else "  !"
    return f"{answered.status}  {answered.seconds:.2f}{mark}"


def _as_promised(answered: Answer) -> bool:
    tells_when = answered.status == 503 and "Retry-After" in answered.headers
    return answered.seconds < PROMISED_SECONDS and (answered.status < 500 or tells_when)
