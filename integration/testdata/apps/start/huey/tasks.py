import time

from huey import SqliteHuey

queue = SqliteHuey(filename="/tmp/tasks.db")


@queue.task()
def add(a, b):
    print("adding")
    time.sleep(2)
    print("added", a + b)
