"""Commands of the project itself: `manage.py` lists them."""
