"""Commands about the delivery to feeds: `manage.py` lists them."""
