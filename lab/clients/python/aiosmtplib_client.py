#!/usr/bin/env python3
"""Delivers one message with aiosmtplib, as a program that uses it would.

    aiosmtplib_client.py KIND starttls|implicit HOST PORT CA HELO USER PASSWORD FROM TO MESSAGE

KIND: default (start_tls or use_tls alone), plain (nothing said about TLS), safe (cert_bundle), no-verify
(validate_certs=False).
Exit codes: 0 delivered, 1 refused, 77 aiosmtplib is not there.
"""
import asyncio
import sys

try:
    import aiosmtplib
except ImportError:
    sys.exit(77)


async def send():
    kind, mode, host, port, ca, helo, _user, _password, sender, recipient, message = sys.argv[1:]
    options = {"safe": {"cert_bundle": ca}, "no-verify": {"validate_certs": False}}.get(kind, {})
    if kind != "plain":
        options["use_tls" if mode == "implicit" else "start_tls"] = True
    with open(message, encoding="ascii") as file:
        text = file.read()
    await aiosmtplib.send(text, sender=sender, recipients=[recipient], hostname=host, port=int(port),
                          source_address=helo, timeout=8, **options)


try:
    asyncio.run(send())
except (aiosmtplib.SMTPException, OSError, ValueError) as error:
    print(f"{type(error).__name__}: {error}", file=sys.stderr)
    sys.exit(1)
