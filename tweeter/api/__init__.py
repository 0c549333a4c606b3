"""What every HTTP endpoint shares: authentication, errors, pages, the schema, the browsable API."""
