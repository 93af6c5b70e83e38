#!/usr/bin/env python3
"""Writes what json.dumps makes of values.toml, beside it: default.json and compact.json. Python 3.11 or newer."""
import json
import pathlib
import tomllib

HERE = pathlib.Path(__file__).parent
VALUES = tomllib.loads((HERE / "values.toml").read_text())
(HERE / "default.json").write_text(json.dumps(VALUES, sort_keys=True))
(HERE / "compact.json").write_text(json.dumps(VALUES, sort_keys=True, separators=(",", ":")))
