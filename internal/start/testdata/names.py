"""names.py FILE...: writes FILE.want, the names that Python's own parser sees bound at the top level of each file."""
import ast
import sys


def targets(node):
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, (ast.Tuple, ast.List)):
        for part in node.elts:
            yield from targets(part)


def names(body):
    for s in body:
        if isinstance(s, ast.Import):
            yield from ((a.asname or a.name.split(".")[0]) for a in s.names)
        elif isinstance(s, ast.ImportFrom):
            yield from ((a.asname or a.name) for a in s.names if a.name != "*")
        elif isinstance(s, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield s.name
        elif isinstance(s, ast.Assign):
            yield from (name for t in s.targets for name in targets(t))
            yield from walrus(s.value)
        elif isinstance(s, ast.AnnAssign) and s.value is not None:
            yield from targets(s.target)
        elif isinstance(s, ast.Expr):
            yield from walrus(s.value)
        elif isinstance(s, ast.If) and "__name__" in ast.unparse(s.test):
            continue  # bound only when the file is run, not when it is imported
        elif isinstance(s, (ast.If, ast.While)):
            yield from walrus(s.test)
            yield from names(s.body + s.orelse)
        elif isinstance(s, ast.For):
            yield from names(s.body + s.orelse)
        elif isinstance(s, ast.Try):
            yield from names(s.body + [t for h in s.handlers for t in h.body] + s.orelse + s.finalbody)
        elif isinstance(s, (ast.With, ast.AsyncWith)):
            for item in s.items:
                if item.optional_vars is not None:
                    yield from targets(item.optional_vars)
            yield from names(s.body)


def walrus(node):
    return (n.target.id for n in ast.walk(node) if isinstance(n, ast.NamedExpr))


for file in sys.argv[1:]:
    with open(file, "rb") as source, open(file + ".want", "w") as want:
        try:
            lines = dict.fromkeys(names(ast.parse(source.read()).body))
            print(*sorted(lines), sep="\n", file=want)
        except SyntaxError as error:
            print("error on line", error.lineno, file=want)
