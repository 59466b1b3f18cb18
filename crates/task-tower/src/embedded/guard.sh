# Task Tower's guard: stops a private PostgreSQL when the process that started it has gone.
# Arguments: the cluster's directory; the process id of a server that runs already, or nothing;
# the command line of the server otherwise. Standard input is a pipe that only the parent holds;
# standard output is a lock that lasts as long as this script does.
directory=${1:?}
adopted=$2
shift 2
exec 3<&0 </dev/null 2>>"$directory/server.log"
trap '' HUP INT QUIT TERM

runs() {
    kill -0 "$server" 2>/dev/null || return 1
    [ -z "$adopted" ] || [ -e "$directory/data/postmaster.pid" ]
}

pause() {
    sleep 0.1 >&2 2>/dev/null || sleep 1 >&2
}

# Sends the signal $1 until the server has gone, for about $2 tenths of a second.
press() {
    left=$2
    while [ "$left" -gt 0 ] && runs; do
        kill -s "$1" "$server" 2>/dev/null
        pause
        left=$((left - 1))
    done
}

if [ -n "$adopted" ]; then
    server=$adopted
else
    "$@" 3<&- >&2 &
    server=$!
fi

# Each line is the name of a signal to pass on. The end of the pipe is the end of the parent.
(
    while read -r signal; do kill -s "$signal" "$server"; done
    press INT 100
    press QUIT 50
    press KILL 50
) <&3 3<&- &
watcher=$!
exec 3<&-

if [ -n "$adopted" ]; then
    while runs; do pause; done
else
    wait "$server"
fi
kill -s KILL "$watcher" 2>/dev/null
