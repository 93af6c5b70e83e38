"""A process without a port: reports the moon until it is told to stop."""

import os
import signal
import sys
import time
from datetime import datetime, timezone

import moon

INTERVAL = float(os.environ.get("WORKER_INTERVAL", "10"))

# Process 1 has no default action for SIGTERM: without this the container would wait to be killed.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))

while True:
    phase = moon.phase(datetime.now(timezone.utc))
    print(f"worker: {moon.name(phase).lower()}, {moon.lit(phase)}% lit")
    time.sleep(INTERVAL)
