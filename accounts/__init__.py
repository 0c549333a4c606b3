"""People: accounts, their sessions, and who follows whom."""
