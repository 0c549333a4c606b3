"""What can be done with accounts, sessions and follows."""

from accounts.services.accounts import AccountService
from accounts.services.follows import FollowService
from accounts.services.sessions import SessionService

__all__ = ["AccountService", "FollowService", "SessionService"]
