#!/bin/bash
# Speaks SMTP through the pipes of `openssl s_client`, as people do by hand: reads a reply, writes a command. Reading the
# replies makes fixed pauses unnecessary.
#
#   s_client.sh starttls|implicit HOST ADDRESS:PORT HELO FROM TO MESSAGE-FILE [s_client's options]
#
# "-verify_host" among the options stands for -verify_hostname HOST, or -verify_ip where HOST is an IP literal.
# Exit code: 0 = the message was accepted, 1 = it was not.
set -u
mode=$1 host=$2 connect=$3 helo=$4 from=$5 to=$6 message=$7
shift 7

case $host in
  *:* | [0-9]*.[0-9]*.[0-9]*.[0-9]*) name=(-noservername) verify=(-verify_ip "$host") ;;
  *) name=(-servername "$host") verify=(-verify_hostname "$host") ;;
esac
options=()
for option; do
  if [[ $option == -verify_host ]]; then options+=("${verify[@]}"); else options+=("$option"); fi
done
[[ $mode == starttls ]] && options+=(-starttls smtp -name "$helo")

# -quiet: otherwise a line that begins with Q ends s_client, and one with R (RCPT!) renegotiates.
coproc client { exec openssl s_client -connect "$connect" "${name[@]}" "${options[@]}" -quiet; }
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

# Reads one reply, its last line included; fails unless its code begins with the digit $1.
expect() {
  local line
  while IFS= read -r -t 8 -u "$from_client" line; do
    printf 'S: %s\n' "${line%$'\r'}"
    [[ $line =~ ^[0-9]{3}\  || $line =~ ^[0-9]{3}.?$ ]] && { [[ $line == "$1"* ]]; return; }
  done
  return 1
}

[[ $mode == implicit ]] && { expect 2 || finish 1; }
say "EHLO $helo" && expect 2 &&
  say "MAIL FROM:<$from>" && expect 2 &&
  say "RCPT TO:<$to>" && expect 2 &&
  say DATA && expect 3 || finish 1
sed -e 's/\r*$/\r/' -e 's/^\./../' "$message" >&"$to_client"
say . && expect 2 || finish 1
finish 0
