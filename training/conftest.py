"""Leaves out the modules that need a trainer where none is installed; test:train runs them where it is."""

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("swift") else ["swe_manager_training/ms_swift/*", "tests/ms_swift/*"]
