"""What Lambda calls for the messages of the two queues."""
