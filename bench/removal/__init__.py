"""What the removal of an account with many followers takes, and what others notice of it."""
