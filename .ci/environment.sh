#!/bin/sh
# Builds the environment in the folder given ($1) from the locked requirements, or says what the machine lacks.
# The Python is $PYTHON where that is set, else the first of 3.11 to 3.13 that can build the rule engine.
set -eu
folder=$1

supported='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'
with_venv='import ensurepip, venv'
with_headers='import os, sys, sysconfig; sys.exit(not os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h")))'

found= ; usable=
for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
    "$candidate" -c "$supported" >/dev/null 2>&1 || continue
    found=${found:-$candidate}
    "$candidate" -c "$with_venv" >/dev/null 2>&1 && "$candidate" -c "$with_headers" >/dev/null 2>&1 || continue
    usable=$candidate
    break
done

lacking=
[ -n "$found" ] || lacking="$lacking
  Python 3.11, 3.12 or 3.13      apt-get install python3"
if [ -z "$usable" ]; then
    python=${found:-python3}
    "$python" -c "$with_venv" >/dev/null 2>&1 || lacking="$lacking
  Python's venv module           apt-get install python3-venv"
    "$python" -c "$with_headers" >/dev/null 2>&1 || lacking="$lacking
  Python's C headers             apt-get install python3-dev"
fi
command -v cc >/dev/null 2>&1 || command -v gcc >/dev/null 2>&1 || lacking="$lacking
  a C compiler                   apt-get install gcc libc6-dev"
if [ -n "$lacking" ]; then
    echo "The portal's rule engine is compiled here, and this machine lacks:$lacking" >&2
    echo "On Fedora the packages are python3, python3-devel and gcc. Install them, then run make setup again." >&2
    exit 1
fi

echo "Building $folder with $("$usable" --version)."
"$usable" -m venv --clear "$folder"
# The rule engine's C code uses a function that Python 3.13 renamed; its setup.py overwrites CFLAGS.
if "$folder/bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 13))'; then
    export CPPFLAGS="-DPyEval_CallObject=PyObject_CallObject ${CPPFLAGS:-}"
fi
pip="$folder/bin/python -m pip --disable-pip-version-check --quiet"
# What builds is installed first, from its own lock: a build that fetched for itself would check no hashes.
$pip install --require-hashes --only-binary :all: -r requirements-build.txt
$pip install --require-hashes --no-build-isolation --only-binary :all: --no-binary durable-rules -r requirements-dev.txt
$pip install --no-build-isolation --no-deps --editable .
