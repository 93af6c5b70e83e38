"""What the launch helper chose for gunicorn. The app's own gunicorn.conf.py is read here too, and what it sets wins."""
import importlib.util
import os
import sys

OURS = ("bind", "workers", "threads", "worker_class", "keepalive", "graceful_timeout", "worker_tmp_dir", "timeout")


def read(name):
    """Gives what the app's file sets, read as gunicorn reads it."""
    spec = importlib.util.spec_from_file_location("__config__", name)
    module = importlib.util.module_from_spec(spec)
    sys.modules["__config__"] = module
    spec.loader.exec_module(module)
    return {key: value for key, value in vars(module).items() if not key.startswith("__")}


def chosen():
    """Gives what the helper wrote as name=value words."""
    pairs = (word.partition("=") for word in os.environ.get("LOCKSTEP_GUNICORN", "").split())
    return {key: int(value) if value.isdigit() else value for key, _, value in pairs}


def worker(own):
    """Gives the worker class that the command or the app's file names."""
    for before, arg in zip(sys.argv, sys.argv[1:] + [""]):
        if before in ("-k", "--worker-class"):
            return arg
        if before.startswith(("-k", "--worker-class=")):
            return before.removeprefix("--worker-class=").removeprefix("-k")
    return own.get("worker_class", "gthread")


own = read("gunicorn.conf.py") if os.path.exists("gunicorn.conf.py") else {}
settings = chosen()
# It would be made in the home directory, which may not exist. Releases that do not know the setting pass over it.
settings["control_socket_disable"] = True
# With threads sync is no longer sync, and workers with a loop complain about them.
if worker(own) != "gthread":
    settings.pop("threads", None)
globals().update(settings)
globals().update(own)
if own:
    said = ", ".join(name for name in OURS if name in own)
    print("Lockstep: gunicorn.conf.py is used" + (" and decides on " + said if said else ""), file=sys.stderr)
