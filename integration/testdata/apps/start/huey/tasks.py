from huey import SqliteHuey

queue = SqliteHuey(filename="/tmp/tasks.db")


@queue.task()
def add(a, b):
    print("added", a + b)
