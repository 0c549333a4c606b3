"""What any store under the services may answer besides data, in no store's own words."""


class StoreAnswer(Exception):
    """A write was refused because of what is stored; nothing of it was applied."""


class AlreadyExists(StoreAnswer):
    """What was to be created is there already."""


class Missing(StoreAnswer):
    """What was to be changed or removed is not there."""


class Outdated(StoreAnswer):
    """What the write was based upon has changed since it was read: read again and decide anew."""


class Damaged(Exception):
    """What was to be read is there, and cannot be made out; the log says so."""
