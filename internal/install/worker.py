# Compiles sources to unchecked-hash bytecode (PEP 552), the same bytes on any machine.
#
# What marshal writes depends on what else the process has compiled and interned (CPython gh-93696 and its like), so each chunk
# is compiled in a child forked from this clean parent: its bytes depend on the chunk alone, not on order or core count.
# Nothing is imported but what is frozen or built in: this runs before the standard library has bytecode.
#
# stdin: NUL-separated fields; a file is three (source, file name to put in the code object, output), an empty field ends a chunk.
# exit status: 0, or the errno of a file operation that failed (28: the disk is full), or 1.
# stdout: a line "path<TAB>line<TAB>message" for each source that does not compile (line 1 if no line is to blame). argv[1]: children at once.
import gc, marshal, os, sys
import _imp
from _frozen_importlib_external import MAGIC_NUMBER


def compile_file(source, name, output):
    with open(source, "rb") as f:
        data = f.read()
    try:
        code = marshal.dumps(compile(data, name, "exec", dont_inherit=True))
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as e:
        message = " ".join(str(getattr(e, "msg", None) or e).split())
        line = "%s\t%s\t%s\n" % (name, getattr(e, "lineno", None) or 1, message or type(e).__name__)
        os.write(1, line.encode("utf-8", "surrogateescape"))
        return
    key = int.from_bytes(MAGIC_NUMBER[:4], "little")
    content = MAGIC_NUMBER + b"\x01\0\0\0" + _imp.source_hash(key, data) + code
    directory = output.rpartition("/")[0]
    if not os.path.isdir(directory):
        os.makedirs(directory, exist_ok=True)
    with open(output, "wb") as f:
        f.write(content)


def compile_chunk(fields):
    for i in range(0, len(fields), 3):
        compile_file(*fields[i : i + 3])


def wait():
    _, status = os.wait()
    if status != 0:
        sys.exit(os.waitstatus_to_exitcode(status))


def main():
    os.umask(0o022)  # any uid reads the image
    gc.disable()
    gc.freeze()
    limit, running, chunk = int(sys.argv[1]), 0, []
    for field in sys.stdin.buffer.read().decode("utf-8", "surrogateescape").split("\0"):
        if field:
            chunk.append(field)
            continue
        if not chunk:
            continue
        if running == limit:
            wait()
            running -= 1
        if os.fork() == 0:
            status = 1
            try:
                compile_chunk(chunk)
                status = 0
            except BaseException as e:
                status = getattr(e, "errno", None) or status
                os.write(2, ("%s: %s\n" % (type(e).__name__, e)).encode("utf-8", "replace"))
            finally:
                os._exit(status)
        running += 1
        chunk = []
    while running:
        wait()
        running -= 1


main()
