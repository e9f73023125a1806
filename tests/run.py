#!/usr/bin/env python3
"""Run the tests in a virtual environment of their own, made when it is missing.

python3 tests/run.py [--quick] [pytest arguments]
python3 tests/run.py --coverage [pytest arguments]    also measure how much of the scripts runs
python3 tests/run.py --python [arguments]             run the environment's Python, such as -m ruff check

--quick leaves out what takes long, and says what that is.

Needs Python 3.9 or newer and a package index. What is fetched and made goes to a folder of the user's caches; the
checkout stays as it is. PB_TEST_VERSIONS="0.23.1 0.40.6" runs the tests of real servers on these PocketBase versions.
"""

import sys

if sys.version_info < (3, 9):  # noqa: UP036 - that is what it is for
    sys.stderr.write("Python 3.9 or newer is needed, this is " + ".".join(map(str, sys.version_info[:3])) + ".\n")
    sys.exit(2)

from suite import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
