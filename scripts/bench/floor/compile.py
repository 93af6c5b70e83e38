# compile.py DIRECTORY: compiles every source but those of packages' tests in one process, and writes the bytecode.
import gc, marshal, os, sys

gc.disable()
for top, dirs, names in os.walk(sys.argv[1]):
    dirs[:] = [d for d in dirs if d not in ("tests", "__pycache__")]
    for name in names:
        if not name.endswith(".py"):
            continue
        with open(os.path.join(top, name), "rb") as f:
            data = f.read()
        try:
            code = marshal.dumps(compile(data, name, "exec", dont_inherit=True))
        except (SyntaxError, ValueError, RecursionError):
            continue
        with open(os.path.join(top, name + "c"), "wb") as f:
            f.write(code)
