import os

from taskiq import TaskiqScheduler
from taskiq.schedule_sources import LabelScheduleSource
from taskiq_redis import ListQueueBroker

# taskiq-redis waits for tasks without end, for which the timeout of redis 8 is too short.
broker = ListQueueBroker(os.environ.get("REDIS_URL", "redis://localhost:6379"), socket_timeout=None)
scheduler = TaskiqScheduler(broker, [LabelScheduleSource(broker)])
