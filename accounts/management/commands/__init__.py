"""Commands about accounts: `manage.py` lists them."""
