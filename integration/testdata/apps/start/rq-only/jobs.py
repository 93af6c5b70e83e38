import os
import time

from redis import Redis
from rq import Queue

redis = Redis.from_url(os.environ.get("REDIS_URL", "redis://localhost:6379"))
high = Queue("high", connection=redis)
low = Queue("low", connection=redis)


def add(a, b):
    print("adding")
    time.sleep(2)
    print("added", a + b)
