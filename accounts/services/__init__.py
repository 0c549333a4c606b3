"""What can be done with accounts, sessions and follows."""

from accounts.services.accounts import AccountService
from accounts.services.follows import FollowService
from accounts.services.pictures import PictureService
from accounts.services.removal import AccountRemover, FollowsAndSessions
from accounts.services.sessions import SessionService

__all__ = [
    "AccountRemover",
    "AccountService",
    "FollowService",
    "FollowsAndSessions",
    "PictureService",
    "SessionService",
]
