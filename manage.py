#!/usr/bin/env python
"""Tweeter's management commands: `manage.py help` lists them."""

import os
import sys

from django.core.management import execute_from_command_line

from tweeter.config import get_config
from tweeter.stages import configure_as

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tweeter.settings")
    if get_config().is_deployed:
        configure_as(get_config().environment)
    execute_from_command_line(sys.argv)
