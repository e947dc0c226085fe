#!/bin/bash
# Delivers one message through `openssl s_client`.
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
greeting=greeting
[[ $mode == starttls ]] && greeting=no-greeting options+=(-starttls smtp -name "$helo")

# -quiet: otherwise a line that begins with Q ends s_client, and one with R (RCPT!) renegotiates.
exec bash "${0%/*}/../pipe/smtp_through.sh" "$greeting" "$helo" "$from" "$to" "$message" \
  openssl s_client -connect "$connect" "${name[@]}" "${options[@]}" -quiet
