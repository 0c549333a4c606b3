"""A whole story of somebody's use and misuse of the system, with all the secrets that it takes."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from rest_framework.test import APIClient

from tests.faults import FAULTS, Make, Service, fault
from tests.security.stored import items
from tests.world import PASSWORD, World, avatar
from tweeter.config import get_config

MISTYPED = "a hoarse, correct"
NEW_PASSWORD = "another horse, correct"
TOO_COMMON = "password1"
STALE_TOKEN = "ann." + "7" * 43
JSON = "application/json"


class Story:
    """Tells the story, and keeps its secrets and all that was answered meanwhile."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.answers: list[Any] = []
        self.secrets = {PASSWORD, MISTYPED, NEW_PASSWORD, TOO_COMMON, STALE_TOKEN}
        self.secrets.add(get_config().secret_key)
        self.secrets.add(base64.b64encode(f"ann:{PASSWORD}".encode()).decode())
        self._anonymous = APIClient(raise_request_exception=False)

    def tell(self) -> None:
        """Tell all of it; AWS fails now and then, and the workers run."""
        token = self._sign_up()
        ann = APIClient(raise_request_exception=False, HTTP_AUTHORIZATION=f"Bearer {token}")
        self._post(ann)
        self._sign_in()
        self._send_malformed_secrets(token)
        self._meet_faults(ann)
        self._change_the_password(ann)
        self._use_a_browser()
        self._leave(ann)

    def statuses(self) -> list[int]:
        """Return the status of each answer."""
        return [answer.status_code for answer in self.answers]

    def _ask(self, client: APIClient, method: str, *args: Any, **options: Any) -> Any:
        answer = getattr(client, method)(*args, **options)
        self.answers.append(answer)
        self._learn_hashes()
        return answer

    def _learn_hashes(self) -> None:
        accounts_in_use = [item for item in items("accounts") if "closed_at" not in item]
        self.secrets |= {item["password_hash"]["S"] for item in accounts_in_use}
        self.secrets |= {item["token_hash"]["S"] for item in items("sessions")}

    def _learn_token(self, token: str) -> str:
        secret = token.rpartition(".")[2]
        self.secrets |= {token, secret, hashlib.sha256(secret.encode()).hexdigest()}
        return token

    def _sign_up(self) -> str:
        fields = {"alias": "ann", "name": "Ann", "password": PASSWORD, "avatar": avatar("red")}
        self._ask(self._anonymous, "post", "/accounts/", fields | {"password": TOO_COMMON})
        token = self._learn_token(
            self._ask(self._anonymous, "post", "/accounts/", fields).data["token"]
        )
        self._ask(self._anonymous, "post", "/accounts/", fields)
        self._ask(self._anonymous, "post", "/accounts/", fields | {"avatar": PASSWORD})
        return token

    def _post(self, ann: APIClient) -> None:
        self.world.sign_up("bob").client.post("/accounts/ann/follow/")
        self._ask(ann, "post", "/statuses/", {"text": "hello @bob"})
        self._ask(ann, "post", "/statuses/", {"text": "\0"})
        self._ask(ann, "patch", "/accounts/me/", {"avatar": avatar("blue")})
        self.world.fan_out_queue.send("poison")
        self.world.feed_queue.send('{"version": 1}')
        self.world.deliver()

    def _sign_in(self) -> None:
        right = {"alias": "ann", "password": PASSWORD}
        self._learn_token(self._ask(self._anonymous, "post", "/sessions/", right).data["token"])
        self._ask(self._anonymous, "post", "/sessions/", right | {"password": MISTYPED})
        self._ask(self._anonymous, "post", "/sessions/", {"alias": PASSWORD, "password": MISTYPED})
        for body in (f'{{"password": "{PASSWORD}"', f"[{PASSWORD}]", f'"{PASSWORD}"'):
            self._ask(self._anonymous, "generic", "POST", "/sessions/", body, content_type=JSON)

    def _send_malformed_secrets(self, token: str) -> None:
        basic = next(each for each in self.secrets if each.endswith("="))
        for header in (STALE_TOKEN, f"Bearer {STALE_TOKEN}", f"Bearer {token}x", f"Token {token}"):
            self._ask(self._anonymous, "get", "/feed/", headers={"Authorization": header})
        self._ask(self._anonymous, "get", "/feed/", headers={"Authorization": f"Basic {basic}"})
        for name in ("token", "cursor", "page_size", "password"):
            for secret in (token, PASSWORD):
                self._ask(self._anonymous, "get", "/accounts/ann/story/", {name: secret})
        self._ask(self._anonymous, "post", "/no/", {"password": PASSWORD})
        self._ask(self._anonymous, "put", "/accounts/ann/", {"password": PASSWORD})

    def _meet_faults(self, ann: APIClient) -> None:
        def broken() -> Exception:
            return RuntimeError("out of order")

        faults: list[tuple[Service, Make]] = [("dynamodb", make) for make in FAULTS.values()]
        faults += [("sqs", FAULTS["away"]), ("s3", FAULTS["failing"]), ("dynamodb", broken)]
        right = {"alias": "ann", "password": PASSWORD}
        change = {"password": NEW_PASSWORD, "current_password": PASSWORD, "avatar": avatar("teal")}
        for service, make in faults:
            answers = []
            with fault(service, make):
                if service == "dynamodb":
                    answers.append(self._anonymous.post("/sessions/", right))
                    answers.append(self._anonymous.post("/accounts/", right | {"name": "x"}))
                    answers.append(ann.get("/feed/"))
                if service != "s3":
                    answers.append(ann.post("/statuses/", {"text": "hello"}))
                else:
                    answers.append(ann.patch("/accounts/me/", change))
            assert {answer.status_code for answer in answers} <= {500, 503}
            self.answers += answers

    def _change_the_password(self, ann: APIClient) -> None:
        for current, new in ((MISTYPED, NEW_PASSWORD), (PASSWORD, "ann"), (PASSWORD, NEW_PASSWORD)):
            change = {"password": new, "current_password": current}
            self._ask(ann, "patch", "/accounts/me/", change)

    def _use_a_browser(self) -> None:
        browser = APIClient(
            enforce_csrf_checks=True, raise_request_exception=False, HTTP_ACCEPT="text/html"
        )
        browser.get("/sign-in/")
        csrf = browser.cookies["csrftoken"].value
        self.secrets.add(csrf)
        fields = {"alias": "ann", "password": NEW_PASSWORD}
        self._ask(browser, "post", "/sign-in/", fields, format="multipart")
        fields |= {"csrfmiddlewaretoken": csrf}
        wrong = fields | {"password": MISTYPED}
        self._ask(browser, "post", "/sign-in/", wrong, format="multipart")
        self._ask(browser, "post", "/sign-in/", fields, format="multipart")
        self._learn_token(browser.cookies["tweeter_token"].value)
        self._ask(browser, "get", "/accounts/me/")
        self._ask(browser, "post", "/statuses/", {"text": "hello"}, format="multipart")

    def _leave(self, ann: APIClient) -> None:
        self._ask(ann, "get", "/accounts/me/export/")
        self._ask(ann, "delete", "/accounts/me/", {"password": MISTYPED})
        self._ask(ann, "delete", "/accounts/me/", {"password": NEW_PASSWORD})
        self.world.deliver()
        wrong = {"alias": "bob", "password": MISTYPED}
        for _ in range(get_config().sign_in_attempts + 1):
            self._ask(self._anonymous, "post", "/sessions/", wrong)
