bssl-tool server -loop -accept "$2" -cert /srv/lab/chain.pem -key /srv/lab/key.pem &
