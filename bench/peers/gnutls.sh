gnutls-serv --echo --quiet --disable-client-cert --port "$2" --x509certfile /srv/lab/chain.pem --x509keyfile /srv/lab/key.pem &
