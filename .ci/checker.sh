#!/bin/sh
# Fetches the Nu Html Checker as its lock names it, or says what the machine lacks; nothing of it is run here.
set -eu
if ! command -v npm >/dev/null 2>&1 || ! command -v java >/dev/null 2>&1; then
    echo "The checker of markup needs Java and npm: apt-get install default-jre-headless npm" >&2
    [ "${CI:-}" != true ] || exit 1
    exit 0
fi
# --ignore-scripts: the package would fetch a Java of its own.
npm ci --prefix .ci/vnu --ignore-scripts --no-audit --no-fund --silent
