"""A stand-in for DynamoDB's capacity: charges, throttles and reports in front of an emulator.

Emulators give as much as the machine can; DynamoDB gives what was provisioned. Between a client
and an emulator, this server takes units for each request as DynamoDB would, refuses what does not
fit in the way that DynamoDB refuses it, and tells second by second what was taken.
`docs/capacity-stand-in.md` says which rules it follows and where it only comes close.
"""

from __future__ import annotations

from bench.capacity.server import CapacityStandIn

__all__ = ["CapacityStandIn"]
