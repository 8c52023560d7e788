"""What stands for secrets in the database, and so may be there and nowhere else."""

from __future__ import annotations

from trunks.leakcheck.markers import Kind

# Nobody can read the secret from these.
STAND_INS = frozenset({Kind.SIP_FINGERPRINT, Kind.SEALED_SECRET})
# A session is found by its key; whoever reads the table could use it, as with any Django site.
SESSIONS = frozenset({Kind.SESSION_KEY})
