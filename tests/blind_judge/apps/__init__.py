"""The applications of the judge, one a file."""

from __future__ import annotations

import importlib
import pkgutil

from blind_judge.app import App

APPS: list[App] = [
    importlib.import_module(f"{__name__}.{module.name}").APP
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name)
]
