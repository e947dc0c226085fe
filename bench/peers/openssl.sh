# -rev answers whoever speaks and needs nobody at the keyboard.
openssl s_server -accept "127.0.0.1:$2" -cert /srv/lab/leaf.pem -cert_chain /srv/lab/above.pem -key /srv/lab/key.pem -rev -quiet &
