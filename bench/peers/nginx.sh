# nginx as a mail proxy, unpacked in $SERVERS. Nobody logs in, so the service that it would ask about users is not there.
mkdir -p /tmp/nginx
cat >/tmp/nginx/nginx.conf <<Y
load_module $SERVERS/usr/lib/nginx/modules/ngx_mail_module.so;
daemon off;
worker_processes 1;
user root;
pid /tmp/nginx/pid;
error_log /tmp/nginx/error.log;
events { worker_connections 2048; }
mail {
  server_name mail.bob.test;
  auth_http 127.0.0.1:1/;
  ssl_certificate /srv/lab/chain.pem;
  ssl_certificate_key /srv/lab/key.pem;
  ssl_protocols TLSv1.2 TLSv1.3;
  server {
    listen 127.0.0.1:$2;
    protocol smtp;
    smtp_auth plain;
    starttls on;
  }
}
Y
"$SERVERS/usr/sbin/nginx" -p /tmp/nginx -c /tmp/nginx/nginx.conf -e /tmp/nginx/error.log &
