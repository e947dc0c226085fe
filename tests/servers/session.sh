# Starts the server $1 inside the sandbox, then runs every line of /srv/lab/session: a name, and what to do. Prints what
# each line said and how it ended, then what mail the server has.
. "/srv/lab/$1.sh"
listens() { grep -q ":$1 00000000:0000 0A" /proc/net/tcp; }
until listens 024B && listens 01D1; do sleep 0.02; done  # ports 587 and 465
delivered() { ls $mail 2>/dev/null | wc -l; }
while read -r name wanted line; do
  echo "=== $name"
  eval "$line" </dev/null
  echo "=== exit $?"
  # What a server has taken it delivers in its own time; it may also never come.
  tries=0
  until [ "$(delivered)" -ge "$wanted" ] || [ $tries -eq 200 ]; do
    sleep 0.02
    tries=$((tries + 1))
  done
done </srv/lab/session
echo "=== mail"
for file in $mail; do [ -e "$file" ] && cat "$file"; done
echo "=== log"
cat /var/log/mail.log
