import asyncio

from shop.broker import broker


@broker.task(schedule=[{"cron": "* * * * *", "args": [1, 2]}])
async def add(a: int, b: int) -> int:
    print("adding")
    await asyncio.sleep(2)
    print("added", a + b)
    return a + b
