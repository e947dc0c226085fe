# Inside a sandbox: starts the server $1, waits until it listens on port $2, and holds the load against it.
. "/srv/lab/$1.sh" >/tmp/server.log 2>&1
hex=$(printf '%04X' "$2")
tries=0
until grep -q ":$hex [0:]* 0A" /proc/net/tcp /proc/net/tcp6; do
  tries=$((tries + 1))
  if [ $tries -gt 200 ]; then
    echo "it does not listen: $(tail -c 150 /tmp/server.log)"
    exit 1
  fi
  sleep 0.02
done
exec "$BENCH" load "$2" "$3" "$4" "$5" "$6"
