"""One check after another: each prints its line, and all of them are counted."""

import traceback

COUNTS = {"passed": 0, "failed": 0}


def check(name, act):
    """One check: `act` raises or is False when it does not hold."""
    try:
        assert act() is not False, "it does not hold"
    except Exception:
        COUNTS["failed"] += 1
        print(f"FAILED  {name}")
        traceback.print_exc()
    else:
        COUNTS["passed"] += 1
        print(f"passed  {name}", flush=True)
