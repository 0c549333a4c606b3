"""Accounts, sessions, follows and attempts on DynamoDB, pictures on S3.

What only commands use, `counts`, `bulk` and `whole_table`, is imported from its module.
"""

from accounts.dao.accounts import DynamoAccountDao
from accounts.dao.attempts import DynamoAttemptDao
from accounts.dao.follows import DynamoFollowDao
from accounts.dao.pictures import S3PictureStore
from accounts.dao.sessions import DynamoSessionDao

__all__ = [
    "DynamoAccountDao",
    "DynamoAttemptDao",
    "DynamoFollowDao",
    "DynamoSessionDao",
    "S3PictureStore",
]
