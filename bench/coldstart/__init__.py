"""What a cold start takes: the function's first request, packaged by us and by Zappa's defaults."""
