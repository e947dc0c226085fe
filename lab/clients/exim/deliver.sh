# Delivers one message with Exim, unpacked below INSTALLED: takes it, tries once to deliver it, and prints what the log says
# of it ("=> RECIPIENT": it is through).
#
#   deliver.sh INSTALLED HELO FROM TO MESSAGE USER PASSWORD ROUTER [TRANSPORT-OPTION ...]
#
# ROUTER is "HOST:PORT", a smart host whose name the system knows, or "mx": the recipient's domain is looked up. The options
# go to the smtp transport. Wants to be root: Exim believes no other user's configuration.
# The exit code says nothing: Exim has taken the message when it is in the queue.
set -u
installed=$1 helo=$2 from=$3 to=$4 message=$5 user=$6 password=$7 router=$8
shift 8

folder=/var/spool/exim
log=/var/log/exim4
install -d -o mail -g mail "$folder"
install -d -m 777 "$log"
chmod 755 "$HOME"  # it delivers as the user mail, who must read the anchors
{
  cat <<X
primary_hostname = $helo
exim_path = $installed/usr/sbin/exim4
spool_directory = $folder
log_file_path = $log/%s
exim_user = mail
exim_group = mail
keep_environment =
never_users =
tls_advertise_hosts =
# Loopback is where the lab's servers are, not this Exim.
local_interfaces = 127.0.0.9
dns_dnssec_ok = 1
begin routers
there:
X
  if [ "$router" = mx ]; then
    printf '  %s\n' 'driver = dnslookup' 'domains = *' 'ignore_target_hosts = ::1' 'self = send' 'dnssec_request_domains = *' 'transport = out'
  else
    printf '  %s\n' 'driver = manualroute' 'domains = *' "route_list = * ${router%:*} byname" 'host_find_failed = fail' \
      'self = send' 'transport = out'
  fi
  cat <<X
begin transports
out:
  driver = smtp
  allow_localhost
  hosts_try_fastopen = :
  connect_timeout = 4s
  command_timeout = 6s
X
  [ "$router" = mx ] || printf '  %s\n' "port = ${router##*:}" 'hosts_require_auth = *' 'hosts_try_auth = *'
  [ $# = 0 ] || printf '  %s\n' "$@"
  cat <<X
begin retry
# After the one attempt it stays where it is; a bounce would be the next message.
* * F,1h,1h
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  client_send = ^$user^$password
X
} >/etc/exim.conf

"$installed/usr/sbin/exim4" -C /etc/exim.conf -odi -f "$from" "$to" <"$message"
cat "$log"/main* "$log"/panic* 2>/dev/null
