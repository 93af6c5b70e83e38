#!/usr/bin/env python
# coding: utf-8
"""A docstring with app = FastAPI() in it, and a 'quote"""
a = 'it''s'; b = "x = 1  # not a comment"; c = r'\'; d = 1' "e = 2"
f = f"{a!r:>{10}} {{not}} {b['x'] if (b) else ''}"
g = rf"\{a}\\{{"
h = """
i = 1
""" + '\
j = 2'
k = b'\x00' + rb"\n" + B""
l = f'''{
    a
} m = 3
'''
n = f"{a + "nested"} {'{'}"
