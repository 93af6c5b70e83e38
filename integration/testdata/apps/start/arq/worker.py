async def add(ctx, a, b):
    return a + b


class WorkerSettings:
    functions = [add]
