# Delivers one message with Postfix, unpacked below INSTALLED: queues it, starts the daemons, and waits for the first
# attempt's end, which the mail log has ("status=sent", "status=deferred", "status=bounced").
#
#   deliver.sh INSTALLED HELO FROM TO MESSAGE [PARAMETER=VALUE ...]
#
# The parameters go to main.cf. Wants to be root, and fixed paths: it is for the sandbox only.
# The exit code says nothing: Postfix has taken the message when it is in the queue.
set -u
installed=$1 helo=$2 from=$3 to=$4 message=$5
shift 5

export PATH="$installed/usr/lib/postfix/sbin:$installed/usr/sbin:$PATH"
export LD_LIBRARY_PATH="$installed/usr/lib/postfix"
spool=/var/spool/postfix
log=/var/log/mail.log

for queue in active bounce corrupt defer deferred flush hold incoming private saved trace; do
  install -d -o postfix -m 700 "$spool/$queue"
done
install -d -o postfix -g postdrop -m 730 "$spool/maildrop"
install -d -o postfix -g postdrop -m 710 "$spool/public"
install -d "$spool/pid" /etc/postfix
install -d -o postfix /var/lib/postfix
: >"$log"

cat >/etc/postfix/main.cf <<X
compatibility_level = 3.6
command_directory = $installed/usr/sbin
daemon_directory = $installed/usr/lib/postfix/sbin
shlib_directory = $installed/usr/lib/postfix
meta_directory = $installed/etc/postfix
queue_directory = $spool
data_directory = /var/lib/postfix
import_environment = MAIL_CONFIG LD_LIBRARY_PATH
export_environment = MAIL_CONFIG LD_LIBRARY_PATH
maillog_file = $log
mail_owner = postfix
setgid_group = postdrop
myhostname = $helo
mydestination =
alias_maps =
local_recipient_maps =
# Not the address that names are mapped to: a mail host there would be Postfix itself, and its mail a loop.
inet_interfaces = ::1
inet_protocols = all
smtp_address_preference = ipv4
# No mail back to the sender, which would be the next to be delivered.
soft_bounce = yes
smtp_tls_loglevel = 1
smtp_connect_timeout = 4s
smtp_helo_timeout = 4s
smtp_starttls_timeout = 4s
X
for parameter in "$@"; do
  printf '%s\n' "$parameter"
done >>/etc/postfix/main.cf
cat >/etc/postfix/master.cf <<X
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
tlsmgr unix - - n 1000? 1 tlsmgr
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
postlog unix-dgram n - n - 1 postlogd
X

sendmail -f "$from" "$to" <"$message" || exit 1
master &
until grep -qE 'status=|panic: ' "$log"; do sleep 0.02; done
if grep 'panic: ' "$log"; then
  kill -ABRT $$  # as the delivery agent has: master would start it again and again
fi
# What it says after the message's end, QUIT, belongs to the attempt.
until [ -z "$(ls "$spool/active")" ]; do sleep 0.02; done
grep -E 'TLS|status=|warning|fatal' "$log"
