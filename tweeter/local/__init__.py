"""The whole product on one machine: the embedded AWS, Lambda's part for the queues, and `run`."""
