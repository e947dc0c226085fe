#!/usr/bin/env python3
"""Delivers one message with smtplib, as a program that uses it would.

    smtplib_client.py default|verify|opportunistic starttls|implicit HOST ADDRESS PORT CA HELO USER PASSWORD FROM TO MESSAGE

"default" passes no SSL context, "verify" one from ssl.create_default_context(cafile=CA), and so does "opportunistic", which
goes on in clear where STARTTLS is not offered.
Exit codes: 0 delivered, 1 refused, 77 this Python cannot do it.
"""
import smtplib
import socket
import sys

try:
    import ssl
except ImportError:
    sys.exit(77)

TIMEOUT = 8  # seconds, for every wait


def map_name(host, address):
    """Lets HOST resolve to ADDRESS, and nothing else, where no hosts file can do it."""
    resolve = socket.getaddrinfo

    def getaddrinfo(name, *rest, **options):
        return resolve(address if name == host else name, *rest, **options)

    socket.getaddrinfo = getaddrinfo


def main():
    kind, mode, host, address, port, ca, helo, user, password, sender, recipient, message = sys.argv[1:]
    map_name(host, address)
    context = ssl.create_default_context(cafile=ca) if kind != "default" else None
    with open(message, encoding="ascii") as file:
        text = file.read()
    try:
        if mode == "implicit":
            client = smtplib.SMTP_SSL(host, int(port), helo, timeout=TIMEOUT, context=context)
        else:
            client = smtplib.SMTP(host, int(port), helo, timeout=TIMEOUT)
            client.ehlo()
            if kind != "opportunistic" or client.has_extn("starttls"):
                client.starttls(context=context)
        with client:
            client.ehlo()
            if client.has_extn("auth"):
                client.login(user, password)
            client.sendmail(sender, [recipient], text)
    except (OSError, smtplib.SMTPException, ValueError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
