# Task Tower's janitor: removes the directory of a private PostgreSQL when the process that made
# it has gone. Argument: the directory. Standard input is a pipe that only the parent holds,
# and those of its children that would make the directory again.
directory=${1:?}
trap '' HUP INT QUIT TERM

# The first line of the file is the process id, with a minus before it during initdb.
server_runs() {
    read -r server <"$directory/data/postmaster.pid" && kill -0 "${server#-}"
} 2>/dev/null

# A killed server leaves a small piece of shared memory behind: key and id are in line 7.
free_shared_memory() {
    set -- $(sed -n 7p "$directory/data/postmaster.pid")
    [ -z "$2" ] || ipcrm -m "$2"
} 2>/dev/null

while read -r line; do :; done

# The guard has stopped the server after 20 seconds at the latest. A server that is just starting
# may still write while the directory is removed, so it may take more than one try.
left=300
while [ -e "$directory" ] && [ "$left" -gt 0 ]; do
    if [ "$left" -lt 50 ] || ! server_runs; then
        free_shared_memory
        rm -rf -- "$directory" 2>/dev/null && break
    fi
    sleep 0.1 2>/dev/null || sleep 1
    left=$((left - 1))
done
