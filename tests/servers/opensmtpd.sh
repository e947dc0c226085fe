# OpenSMTPD, unpacked in $SERVERS, behind stunnel: Debian 12's 6.8.0p2 cannot sign a handshake since it was built with
# OpenSSL 3 (https://github.com/OpenSMTPD/OpenSMTPD/issues/1239), so stunnel speaks TLS for it. Sourced inside the
# sandbox. Sets `mail`: where the messages that it took are.

export PATH="$SERVERS/usr/sbin:$SERVERS/usr/bin:$PATH"
mail='/var/spool/smtpd/queue/*/*/message'

install -d /var/lib/opensmtpd/empty
install -d -m 711 /var/spool/smtpd
cat >/srv/lab/smtpd.conf <<X
table taken { "bob@bob.test" }
listen on 127.0.0.1 port 2525 hostname mail.bob.test
# To where nobody listens: it stays in the queue, where it can be looked at.
action "keep" relay host smtp://127.0.0.1:9
match from any for rcpt-to <taken> action "keep"
X
cat >/srv/lab/stunnel.conf <<X
foreground = yes
pid =
cert = /srv/lab/chain.pem
key = /srv/lab/key.pem
[submission]
accept = 127.0.0.1:587
connect = 127.0.0.1:2525
protocol = smtp
[submissions]
accept = 127.0.0.1:465
connect = 127.0.0.1:2525
X
"$SERVERS/usr/sbin/smtpd" -d -f /srv/lab/smtpd.conf >/var/log/mail.log 2>&1 &
until grep -q ':09DD 00000000:0000 0A' /proc/net/tcp; do sleep 0.02; done
stunnel4 /srv/lab/stunnel.conf >>/var/log/mail.log 2>&1 &
