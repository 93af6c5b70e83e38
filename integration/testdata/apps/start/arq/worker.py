import asyncio
import os

from arq.connections import RedisSettings


async def add(ctx, a, b):
    print("adding")
    await asyncio.sleep(2)
    print("added", a + b)


class WorkerSettings:
    functions = [add]
    job_completion_wait = 5
    redis_settings = RedisSettings.from_dsn(os.environ.get("REDIS_URL", "redis://localhost:6379"))
