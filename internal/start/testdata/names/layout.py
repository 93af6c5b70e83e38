import os, os.path as p, a.b.c
from . import (
    one,
    two as zwei,  # a comment with a )
)
from .deep.er import \
    three
from star import *
x = y = (
    1,

  2)
if x: z = 1; w = 2
else:
	tab = 1
try:
    import fast
except (ImportError,
        ValueError) as error:
    fast = None
finally: done = True
for i in range(3):
    loop = i
else:
    after = 1
while False: never = 1
with open("x") as f, open("y") as (g, h):
    inside = f
async def coroutine(a: int = 1, *, b: "str" = {"x": 1}["x"]) -> None:
    local = 1
@decorated(lambda x: x)
class Class(Base, metaclass=Meta):
    attribute = 1
    def method(self): pass
typed: dict[str, int] = {}
untyped: int
first, (second, third), *rest = values
attribute.of = 1
item["x"] = 2
augmented += 1
if (found := os.environ.get("X")) and True:
    walrus = found
match = 1
match value:
    case {"x": 1}: pass
lambda_ = lambda a=1, *b: {a: b}
if __name__ == "__main__":
    main = 1
def one_line(): return 1
