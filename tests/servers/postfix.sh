# Postfix with Cyrus SASL, unpacked in $SERVERS, as a submission server for bob.test. Sourced inside the sandbox.
# Sets `mail`: where the messages that it delivered are.

export PATH="$SERVERS/usr/lib/postfix/sbin:$SERVERS/usr/sbin:$PATH"
export LD_LIBRARY_PATH="$SERVERS/usr/lib/postfix"
spool=/var/spool/postfix
mail='/var/mail/bob.test/bob/new/*'

for queue in active bounce corrupt defer deferred flush hold incoming private saved trace; do
  install -d -o postfix -m 700 "$spool/$queue"
done
install -d -o postfix -g postdrop -m 730 "$spool/maildrop"
install -d -o postfix -g postdrop -m 710 "$spool/public"
install -d "$spool/pid" /etc/postfix/sasl
install -d -o postfix /var/lib/postfix
install -d -o lab -g lab /var/mail/bob.test

cat >/etc/postfix/main.cf <<X
compatibility_level = 3.6
command_directory = $SERVERS/usr/sbin
daemon_directory = $SERVERS/usr/lib/postfix/sbin
shlib_directory = $SERVERS/usr/lib/postfix
queue_directory = $spool
data_directory = /var/lib/postfix
import_environment = MAIL_CONFIG LD_LIBRARY_PATH
maillog_file = /var/log/mail.log
mail_owner = postfix
setgid_group = postdrop
myhostname = mail.bob.test
mydestination =
alias_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtpd_tls_cert_file = /srv/lab/chain.pem
smtpd_tls_key_file = /srv/lab/key.pem
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
cyrus_sasl_config_path = /etc/postfix/sasl
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
virtual_mailbox_domains = bob.test
virtual_mailbox_maps = inline:{{bob@bob.test=bob.test/bob/}}
virtual_mailbox_base = /var/mail
virtual_uid_maps = static:1000
virtual_gid_maps = static:1000
X
cat >/etc/postfix/master.cf <<X
587 inet n - n - - smtpd
465 inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
tlsmgr unix - - n 1000? 1 tlsmgr
anvil unix - - n - 1 anvil
proxymap unix - - n - - proxymap
virtual unix - n n - - virtual
postlog unix-dgram n - n - 1 postlogd
X
cat >/etc/postfix/sasl/smtpd.conf <<X
pwcheck_method: auxprop
auxprop_plugin: sasldb
mech_list: SCRAM-SHA-256 PLAIN LOGIN
sasldb_path: /var/lib/postfix/sasldb2
X
saslpasswd2 -p -c -u mail.bob.test -f /var/lib/postfix/sasldb2 alice </srv/lab/password
chown postfix /var/lib/postfix/sasldb2
master &
