"""What the fan-out makes of a limited write capacity, measured end to end, case by case.

The product runs as its own processes (the API over HTTP, both workers on real queues) against an
embedded AWS, whose DynamoDB has the capacity stand-in in front of it.
"""
