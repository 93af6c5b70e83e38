from shop.broker import broker


@broker.task(schedule=[{"cron": "* * * * *", "args": [1, 2]}])
async def add(a: int, b: int) -> int:
    print("added", a + b)
    return a + b
