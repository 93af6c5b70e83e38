from shop.broker import broker


@broker.task
async def add(a: int, b: int) -> int:
    return a + b
