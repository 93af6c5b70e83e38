import os
import time

import dramatiq
from dramatiq.brokers.redis import RedisBroker

dramatiq.set_broker(RedisBroker(url=os.environ.get("REDIS_URL", "redis://localhost:6379")))


@dramatiq.actor
def add(a, b):
    print("adding")
    time.sleep(2)
    print("added", a + b)
