# Temporary PostgreSQL server for the tests. Sourced by scripts/test.

postgres_folder=""
postgres_programs=""

find_postgres() {
    local candidate
    for candidate in /usr/lib/postgresql/*/bin "$(dirname "$(command -v initdb 2>/dev/null || echo /nowhere/initdb)")"; do
        if [[ -x $candidate/initdb && -x $candidate/pg_ctl ]]; then
            postgres_programs=$candidate
        fi
    done
    [[ -n $postgres_programs ]]
}

# PostgreSQL refuses to run as root.
as_postgres() {
    if ((EUID == 0)); then
        (cd / && runuser -u postgres -- "$@")
    else
        "$@"
    fi
}

# Returns a free port. Another program may take it in the meantime, so the start is retried.
random_port() {
    local port
    while :; do
        port=$((20000 + RANDOM % 12000))
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
    done
    echo "$port"
}

# With `durable` commits wait for the disk, as in production. Without it they do not, because test data is temporary.
start_postgres() {
    local durability="fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
jit = off"
    if [[ ${1:-} == durable ]]; then
        durability=""
    fi
    if [[ -n ${OBCMS_TEST_POSTGRES:-} ]]; then
        return
    fi
    find_postgres || install_packages postgresql
    if ! find_postgres; then
        echo "PostgreSQL is installed but its initdb was not found" >&2
        exit 1
    fi
    heading "temporary PostgreSQL server"
    # Every test has a database of some hundred files; creating them in memory is several times as fast.
    local parent=/tmp
    if [[ -n $durability && -w /dev/shm ]] && (($(df --output=avail -k /dev/shm | tail -1) > 4000000)); then
        parent=/dev/shm
    fi
    postgres_folder=$(mktemp -d "$parent/obcms-postgres.XXXXXX") || exit 1
    # The costly hash of SCRAM would be computed for each of thousands of short connections.
    local password attempt port
    password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    printf '%s\n' "$password" >"$postgres_folder/password"
    if ((EUID == 0)); then
        chown -R postgres "$postgres_folder"
    fi
    if ! as_postgres "$postgres_programs/initdb" --pgdata="$postgres_folder/data" --username=obcms \
        --pwfile="$postgres_folder/password" --auth=md5 --encoding=UTF8 --locale=C.UTF-8 --no-sync \
        >"$work/initdb.log" 2>&1; then
        cat "$work/initdb.log" >&2
        exit 1
    fi
    as_postgres tee -a "$postgres_folder/data/postgresql.conf" >/dev/null <<SETTINGS
listen_addresses = '127.0.0.1'
unix_socket_directories = '$postgres_folder'
max_connections = 300
$durability
wal_level = minimal
max_wal_senders = 0
SETTINGS
    for attempt in 1 2 3 4 5; do
        port=$(random_port)
        if as_postgres "$postgres_programs/pg_ctl" start --wait --silent --pgdata="$postgres_folder/data" \
            --log="$postgres_folder/log" --options="-p $port" </dev/null; then
            export OBCMS_TEST_POSTGRES="postgres://obcms:$password@127.0.0.1:$port/postgres"
            return
        fi
    done
    cat "$postgres_folder/log" >&2
    echo "the temporary PostgreSQL server did not start" >&2
    exit 1
}

stop_postgres() {
    [[ -n $postgres_folder ]] || return 0
    as_postgres "$postgres_programs/pg_ctl" stop --mode=immediate --silent --pgdata="$postgres_folder/data" \
        >/dev/null 2>&1
    rm -rf "$postgres_folder"
}
