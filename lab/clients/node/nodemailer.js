// Delivers one message with nodemailer.
//
//   nodemailer.js KIND starttls|implicit HOST PORT CA HELO USER PASSWORD FROM TO MESSAGE
//
// KIND: default (nothing said about TLS), required (requireTLS), safe (requireTLS and a CA file), insecure
// (rejectUnauthorized: false), ignore (ignoreTLS).
// Exit codes: 0 delivered, 1 refused, 77 nodemailer is not there.
'use strict';
const fs = require('fs');
let nodemailer;
try {
  nodemailer = require('nodemailer');
  // It resolves no name where loopback is the only interface; without a list of interfaces it tries.
  require('nodemailer/lib/shared').networkInterfaces = undefined;
} catch {
  process.exit(77);
}
const [kind, mode, host, port, ca, helo, user, pass, from, to, message] = process.argv.slice(2);
const options = {
  host, port: Number(port), name: helo, secure: mode === 'implicit',
  connectionTimeout: 8000, greetingTimeout: 8000, socketTimeout: 8000,
};
if (kind === 'required' || kind === 'safe' || kind === 'insecure') options.requireTLS = true;
if (kind === 'safe') options.tls = {ca: fs.readFileSync(ca)};
if (kind === 'insecure') options.tls = {rejectUnauthorized: false};
if (kind === 'ignore') options.ignoreTLS = true;
nodemailer.createTransport(options)
    .sendMail({envelope: {from, to}, raw: fs.readFileSync(message)})
    .then(() => process.exit(0), (error) => {
      console.error(String(error));
      process.exit(1);
    });
