import os

from celery import Celery, Task

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.settings.base")

Celery.__class_getitem__ = classmethod(lambda cls, *args: cls)

app = Celery[Task]("shop", broker="memory://")
