"$BENCH" serve "$KEY" "$2" "$3" &
