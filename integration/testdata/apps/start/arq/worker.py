import os

from arq.connections import RedisSettings


async def add(ctx, a, b):
    print("added", a + b)


class WorkerSettings:
    functions = [add]
    redis_settings = RedisSettings.from_dsn(os.environ.get("REDIS_URL", "redis://localhost:6379"))
