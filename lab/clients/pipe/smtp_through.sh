#!/bin/bash
# Speaks SMTP through the pipes of a program that brings the TLS connection, as people do by hand: reads a reply, writes a
# command. Reading the replies makes fixed pauses unnecessary.
#
#   smtp_through.sh greeting|no-greeting HELO FROM TO MESSAGE-FILE PROGRAM [ARGUMENT...]
#
# "no-greeting": the program has done STARTTLS itself, so that the server waits for EHLO.
# Exit code: 0 = the message was accepted, 1 = it was not.
set -u
greeting=$1 helo=$2 from=$3 to=$4 message=$5
shift 5

coproc client { exec "$@"; }
client_pid=$client_PID
exec {from_client}<&"${client[0]}" {to_client}>&"${client[1]}"
eval "exec ${client[0]}<&- ${client[1]}>&-"
trap '' PIPE

finish() {
  say QUIT && expect 2
  exec {to_client}>&-
  kill "$client_pid" 2>/dev/null
  wait "$client_pid" 2>/dev/null
  exit "$1"
}

say() { printf '%s\r\n' "$1" >&"$to_client" 2>/dev/null; }

# Reads one reply, its last line included; fails unless its code begins with the digit $1. What else the program prints
# is passed over.
expect() {
  local line
  while IFS= read -r -t 8 -u "$from_client" line; do
    printf 'S: %s\n' "${line%$'\r'}"
    [[ $line =~ ^[0-9]{3}\  || $line =~ ^[0-9]{3}.?$ ]] && { [[ $line == "$1"* ]]; return; }
  done
  return 1
}

[[ $greeting == greeting ]] && { expect 2 || finish 1; }
say "EHLO $helo" && expect 2 &&
  say "MAIL FROM:<$from>" && expect 2 &&
  say "RCPT TO:<$to>" && expect 2 &&
  say DATA && expect 3 || finish 1
sed -e 's/\r*$/\r/' -e 's/^\./../' "$message" >&"$to_client"
say . && expect 2 || finish 1
finish 0
