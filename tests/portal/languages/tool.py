"""What `make translations` runs, as a module."""

import importlib.util
from types import ModuleType

from tests.conftest import ROOT


def translations_tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("translations_tool", ROOT / ".ci" / "translations.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
