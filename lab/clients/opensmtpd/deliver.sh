# Delivers one message with OpenSMTPD's daemon, unpacked below INSTALLED, through an action that relays it: starts it, queues
# the message, and waits for the first attempt's end, which its log has ("result="Ok"", "result="TempFail"" ...).
#
#   deliver.sh INSTALLED HELO FROM TO MESSAGE ACTION
#
# ACTION is what stands behind `action "out"` in smtpd.conf(5). Wants to be root, and fixed paths: it is for the sandbox only.
# The exit code says nothing: smtpd has taken the message when it is in the queue.
set -u
installed=$1 helo=$2 from=$3 to=$4 message=$5 action=$6

log=/var/log/mail.log
install -d /var/lib/opensmtpd/empty
install -d -m 711 /var/spool/smtpd
cat >/etc/smtpd.conf <<X
listen on socket
action "out" $action
match from any for any action "out"
X
echo "$helo" >/etc/mailname

PATH="$installed/usr/sbin:$PATH" smtpd -d -v -f /etc/smtpd.conf >"$log" 2>&1 &
daemon=$!
until grep -q 'offline scanning done' "$log"; do
  kill -0 "$daemon" 2>/dev/null || { cat "$log"; exit 1; }
  sleep 0.02
done
# smtpctl is told by its name what it is. It is installed setgid, which counts for nothing here.
ln -s "$installed/usr/sbin/smtpctl" "$HOME/sendmail"
setpriv --regid opensmtpq --clear-groups "$HOME/sendmail" -f "$from" "$to" <"$message" || { cat "$log"; exit 1; }
# An attempt that never came to a message ends with the connection, and the message is tried again later.
until grep -qE ' result=| mta (error|disconnected)' "$log"; do sleep 0.02; done
# What it says behind the message's end, QUIT, belongs to the attempt.
for try in 1 2 3 4 5 6 7 8 9 10; do
  grep -q ' mta disconnected' "$log" && break
  sleep 0.02
done
grep -E ' mta |result=|warn|fatal' "$log"
