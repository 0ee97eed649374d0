#!/bin/sh
# `commonhold` in the container. The password of the database comes from a file, since anybody who may look at a container reads
# its environment; libpq takes it from here.
set -eu
if [ -n "${COMMONHOLD_DATABASE_PASSWORD_FILE:-}" ]; then
    PGPASSWORD=$(cat "$COMMONHOLD_DATABASE_PASSWORD_FILE")
    export PGPASSWORD
fi
exec /opt/commonhold/bin/commonhold "$@"
