"""The browsable API: every endpoint as a page that people can read and use by hand."""
