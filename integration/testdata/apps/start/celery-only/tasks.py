import os
import time

from celery import Celery

FOLDER = "/tmp/broker"
os.makedirs(FOLDER, exist_ok=True)

app = Celery("tasks", broker="filesystem://")
app.conf.broker_transport_options = {"data_folder_in": FOLDER, "data_folder_out": FOLDER, "control_folder": FOLDER + "/control"}
app.conf.beat_schedule = {"every-second": {"task": "tasks.add", "schedule": 1.0, "args": (1, 2)}}


@app.task
def add(a, b):
    print("adding")
    time.sleep(2)
    print(f"added {a + b}")
