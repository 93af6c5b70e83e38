# Runs collectstatic of a Django project, and finds out on the way everything that its result depends on.
#
# argv: app dir, file for the report. The working directory is that of manage.py.
# report (JSON): root, the STATIC_ROOT that was filled; committed, whether files stood there before; skipped, why there was nothing to do; files and dirs of the app that were
# read and listed; names of the environment that were asked for, placeholders those of them that had no value and were made up;
# error, what went wrong: type, message, module (of a missing import), and file and line in the app.
import json, os, runpy, sys, traceback

app, report_file = os.path.realpath(sys.argv[1]), sys.argv[2]
report = {}
files, dirs, names, placeholders = set(), set(), set(), set()
root = []
ours = {"COLUMNS", "HOME", "LINES", "PATH", "TEMP", "TERM", "TMP", "TMPDIR"}  # what the build, not the app, gives and asks for


class Skip(BaseException):
    pass


def inside(path):
    """The path relative to the app dir, or None."""
    path = os.fsdecode(path)
    if path.startswith("<"):
        return None  # code without a file
    path = os.path.abspath(path)
    if not path.startswith(app + "/") or "/__pycache__" in path or root and (path + "/").startswith(root[0] + "/"):
        return "" if path == app else None
    return path[len(app) + 1 :]


def watch(event, args):
    if event == "open" and isinstance(args[0], (str, bytes)):
        path = inside(args[0])
        if path and not (args[2] or 0) & (os.O_WRONLY | os.O_RDWR):
            files.add(path)
    elif event in ("os.listdir", "os.scandir") and not isinstance(args[0], int):
        path = inside(args[0] or ".")
        if path is not None:
            dirs.add(path)


def ask(environ, name, plain=type(os.environ).__getitem__):
    """Looks a variable up. The app's own code that insists on one that is not there gets a value made up."""
    names.add(name)
    try:
        return plain(environ, name)
    except KeyError:
        if inside(sys._getframe(1).f_code.co_filename) is None:
            raise
        placeholders.add(name)
        return made_up(name)


def made_up(name):
    if "DATABASE" in name and "URL" in name:
        return "sqlite://:memory:"
    if name.endswith(("URL", "URI")):
        return "http://localhost"
    return "1" if name.endswith(("PORT", "TIMEOUT", "COUNT", "SIZE")) else "placeholder-" * 5


def collect(argv=None):
    import django
    from django.conf import settings
    from django.core.files.storage import FileSystemStorage
    from django.core.management import call_command

    settings.INSTALLED_APPS  # raises what is wrong with the settings
    if not any(name.startswith("django.contrib.staticfiles") for name in settings.INSTALLED_APPS):
        raise Skip("django.contrib.staticfiles is not in INSTALLED_APPS")
    if not settings.STATIC_ROOT:
        raise Skip("STATIC_ROOT is not set")
    django.setup()
    from django.contrib.staticfiles.storage import staticfiles_storage

    if not isinstance(staticfiles_storage, FileSystemStorage):
        raise Skip("the static files go to another server (%s)" % type(staticfiles_storage).__name__)
    root.append(os.path.abspath(settings.STATIC_ROOT))
    if not root[0].startswith(app + "/"):
        raise Skip("STATIC_ROOT is %s, which is not in the app dir" % root[0])
    report["root"] = root[0][len(app) + 1 :]
    report["committed"] = os.path.isdir(root[0]) and bool(os.listdir(root[0]))
    call_command("collectstatic", interactive=False, verbosity=1)


def describe(error):
    found = {"type": type(error).__name__, "message": str(error), "module": getattr(error, "name", None) or "", "file": "", "line": 0}
    for frame in traceback.extract_tb(error.__traceback__):
        path = inside(frame.filename)
        if path and path != "manage.py":
            found["file"], found["line"] = path, frame.lineno
    if isinstance(error, SyntaxError) and error.filename and inside(error.filename):
        found["file"], found["line"], found["message"] = inside(error.filename), error.lineno, error.msg
    return found


def main():
    import django.core.management

    sys.addaudithook(watch)
    type(os.environ).__getitem__ = ask
    django.core.management.execute_from_command_line = collect
    sys.argv = ["manage.py", "collectstatic", "--noinput"]
    sys.path.insert(0, os.getcwd())
    try:
        runpy.run_path("manage.py", run_name="__main__")
    except Skip as skip:
        report["skipped"] = str(skip)
    except SystemExit as stop:
        if stop.code:
            report["error"] = describe(stop)
    except Exception as error:
        cause = error.__cause__ if isinstance(error, ImportError) and isinstance(error.__cause__, ImportError) else error
        report["error"] = describe(cause)
    for module in list(sys.modules.values()):
        path = inside(getattr(module, "__file__", None) or "/")
        if path:
            files.add(path)
    if root:  # what was read before the root was known
        files.difference_update({name for name in files if (app + "/" + name).startswith(root[0] + "/")})
        dirs.difference_update({name for name in dirs if (app + "/" + name + "/").startswith(root[0] + "/")})
    # A file that appears beside one that was read, or in the root, may be one that would have been read (.env, local settings).
    dirs.update({os.path.dirname(name) for name in files} | {""})
    names.difference_update({name for name in names if name.lstrip("_").startswith("PYTHON") or name in ours})
    for key, values in (("files", files), ("dirs", dirs), ("names", names), ("placeholders", placeholders)):
        report[key] = sorted(values)
    with open(report_file, "w") as out:
        json.dump(report, out)


main()
