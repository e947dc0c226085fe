# deliver.sh beside the daemon that answers Postfix's questions for MTA-STS policies, on port 8461. The same arguments.
set -u
installed=$1

cat >/etc/mta-sts-daemon.yml <<X
host: 127.0.0.1
port: 8461
cache: {type: internal, options: {cache_size: 10}}
default_zone: {strict_testing: false, timeout: 4}
X
PYTHONPATH="$installed/usr/lib/python3/dist-packages" /usr/bin/python3 "$installed/usr/bin/mta-sts-daemon" \
  -c /etc/mta-sts-daemon.yml >/var/log/mta-sts.log 2>&1 &
daemon=$!
# 8461 is 0x210D.
until grep -q ':210D 00000000:0000 0A' /proc/net/tcp; do
  kill -0 "$daemon" 2>/dev/null || { cat /var/log/mta-sts.log; exit 1; }
  sleep 0.02
done
sh "${0%/*}/deliver.sh" "$@"
cat /var/log/mta-sts.log
