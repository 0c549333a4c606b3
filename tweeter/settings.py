"""Django's settings. What differs between machines comes from `tweeter.config`, nothing else."""

from __future__ import annotations

from pathlib import Path

from tweeter import logs, metrics
from tweeter.config import get_config

_config = get_config()
if _config.on_lambda:
    _config.require_for_serving()

BASE_DIR = Path(__file__).resolve().parent.parent

SECRET_KEY = _config.secret_key
DEBUG = False
ALLOWED_HOSTS = list(_config.allowed_hosts)
ROOT_URLCONF = "tweeter.urls"
WSGI_APPLICATION = "tweeter.wsgi.application"

# All data is in DynamoDB: no SQL, and none of the apps that would need it.
DATABASES: dict[str, dict[str, object]] = {}
INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "corsheaders",
    "tweeter",
    "accounts",
    "statuses",
    "feeds",
]
# From the outside to the inside: each passes a request on, or answers it, for those above it.
MIDDLEWARE = [
    # What every answer has, whoever gives it: an id and a line in the log, an end, its headers.
    "tweeter.api.middleware.RequestContext",
    "tweeter.api.middleware.Deadline",
    "tweeter.api.security_headers.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    # Before anything makes use of the path or a header.
    "tweeter.api.middleware.HeadLimit",
    # Static files need nothing of what follows.
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Web clients of other origins may read what is refused below, too.
    "corsheaders.middleware.CorsMiddleware",
    # Pages that refuse something have forms, too, whose token needs its cookie. Forms themselves
    # are checked just before the view, when the tunnel has been passed.
    "tweeter.api.forgery.FormCheck",
    # Before anything reads the body.
    "tweeter.api.middleware.BodyLimit",
    "tweeter.api.origin_check.OriginCheck",
    "tweeter.api.rate_headers.RateHeaders",
    # Before anything looks at the method.
    "tweeter.api.browsable.tunnel.FormTunnel",
    "django.middleware.common.CommonMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # Before the apps', so that our docs page is found in place of drf-spectacular's.
        "DIRS": [BASE_DIR / "tweeter" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "tweeter.api.browsable.cookie.may_be_signed_in",
            ],
            "libraries": {"pages": "tweeter.api.browsable.tags"},
        },
    }
]

LANGUAGE_CODE = "en-us"
USE_I18N = False
TIME_ZONE = "UTC"
USE_TZ = True

# Passwords
PASSWORD_HASHERS = ["accounts.passwords.Argon2Hasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("alias", "name")},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# Requests
DATA_UPLOAD_MAX_MEMORY_SIZE = _config.max_body_bytes
FILE_UPLOAD_MAX_MEMORY_SIZE = _config.max_body_bytes
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
CORS_ALLOWED_ORIGINS = list(_config.cors_origins)
CORS_ALLOW_HEADERS = ["accept", "authorization", "content-type", "idempotency-key"]
CORS_EXPOSE_HEADERS = [
    "ratelimit-limit",
    "ratelimit-remaining",
    "ratelimit-reset",
    "retry-after",
    "x-request-id",
]

# HTTPS. What is in front of the application says whether a client used it: API Gateway and our
# local server both drop what a client writes into that header itself.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = _config.https
SECURE_HSTS_SECONDS = _config.hsts_seconds
SECURE_HSTS_INCLUDE_SUBDOMAINS = _config.https
# W021 asks for `preload`, by which anybody may have the whole domain put on the lists that browsers
# come with, and off which it takes months to get. That is its owner's to decide (hstspreload.org).
# W003 looks for Django's check against forged forms by its name; FormCheck is that check, and more.
SILENCED_SYSTEM_CHECKS = ["security.W003", "security.W021"]
SECURE_REFERRER_POLICY = "same-origin"
CSRF_COOKIE_NAME = "__Host-csrftoken" if _config.https else "csrftoken"
CSRF_COOKIE_SECURE = _config.https
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "tweeter.api.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"

# Static files of the browsable API and of the docs page. Lambda has them in one folder, which
# `collectstatic` fills; elsewhere they are looked up in the packages, each when it is asked for.
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "static"
STORAGES = {"staticfiles": {"BACKEND": "tweeter.api.static_files.StaticFiles"}}
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_USE_FINDERS = not _config.on_lambda
WHITENOISE_AUTOREFRESH = not _config.on_lambda

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "tweeter.api.authentication.BearerAuthentication",
        "tweeter.api.authentication.CookieAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": [
        "tweeter.api.parsers.JSONParser",
        "rest_framework.parsers.FormParser",
        "tweeter.api.parsers.MultiPartParser",
    ],
    "DEFAULT_RENDERER_CLASSES": [
        "rest_framework.renderers.JSONRenderer",
        "tweeter.api.browsable.renderer.PageRenderer",
    ],
    "DEFAULT_SCHEMA_CLASS": "tweeter.api.schema.Schema",
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
    "UNAUTHENTICATED_USER": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
DRF_STANDARDIZED_ERRORS = {
    "EXCEPTION_HANDLER_CLASS": "tweeter.api.errors.TweeterExceptionHandler",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Tweeter",
    "DESCRIPTION": """\
Short statuses, and the feeds of those who follow their authors.

**Signing in.** `POST /sessions/`, or `POST /accounts/` for a new account, answers with a `token`.
Send it as `Authorization: Bearer <token>`. A session ends after some time without use, at
`expires_at`, which each use moves, or by `DELETE /sessions/current/`. A token that is unknown or
has ended is answered with 401 even by endpoints that need none; only `GET /health/` looks at none.

**Bodies** are JSON, form-encoded or multipart, in UTF-8; answers are JSON. Times are ISO 8601 in
UTC, with `Z`. Ids are opaque strings. Fields that an endpoint does not know are ignored. Clients
should ignore fields that they do not know.

**Lists** are pages, newest first. Go on with `next`, as it is or by the `cursor` in it, until it is
null: that gives every item once, also while new ones arrive.

**Errors** have one shape, `{"type", "errors": [{"code", "detail", "attr"}]}`. Go by the status and
`code`; `attr` is the field at fault, and `detail` is for people.

**Trying again.** A 503 means that something was away: try again after its `Retry-After`, in
seconds. The first attempt may have succeeded all the same. Then the second one may be refused for
just that: with a conflict, such as `already_following`; with 404, where it deletes a status; with
401, where it signs out or deletes the account; with 400, where it changes the password. For a post,
send the same `Idempotency-Key` with both: then it is posted once, and the second answer is the
first one again.

**Limits.** Beyond a limit, the answer is a 429 with `Retry-After`. The answer to a request that
counts for a limit has `RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset` (seconds).

**Asking us.** Every answer has an `X-Request-Id`. Tell us this id when you ask about a request.
""",
    "TAGS": [
        {"name": "accounts", "description": "People, and one's own account."},
        {"name": "sessions", "description": "Signing in and out."},
        {"name": "follows", "description": "Who follows whom."},
        {
            "name": "statuses",
            "description": "Posting, reading, deleting; stories; how a delivery goes on.",
        },
        {"name": "feed", "description": "What those whom one follows posted."},
        {"name": "health", "description": "For whoever runs this."},
    ],
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "COMPONENT_SPLIT_PATCH": False,  # what a PATCH takes has a serializer of its own
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,  # it would only repeat the choices
    "ENUM_NAME_OVERRIDES": {
        "DeliveryState": ["queued", "delivering", "delivered"],
        "ErrorType": ["validation_error", "client_error", "server_error"],
        "HealthState": ["ok"],
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "tweeter.api.schema.with_server",
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {
        "deepLinking": True,
        "displayOperationId": True,  # by which clients call it
        "defaultModelsExpandDepth": 0,
    },
}

# Done here and not by Django, which would add handlers of its own, and again by the workers.
LOGGING_CONFIG = None
logs.configure(on_lambda=_config.on_lambda, level=_config.log_level)
metrics.configure(on_lambda=_config.on_lambda, environment=_config.environment)
