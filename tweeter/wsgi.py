"""The WSGI application, for Zappa and for the local server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tweeter.settings")

application = get_wsgi_application()
