// Delivers one message with emailjs.
//
//   emailjs.mjs KIND starttls|implicit HOST PORT CA HELO USER PASSWORD FROM TO MESSAGE
//
// KIND: plain (nothing said about TLS), default (tls: true, or ssl: true), safe (with a CA file), insecure
// (rejectUnauthorized: false).
// Exit codes: 0 delivered, 1 refused, 77 emailjs is not there.
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {pathToFileURL} from 'node:url';

const [kind, mode, host, port, ca, helo, user, password, from, to, message] = process.argv.slice(2);
let emailjs;
try {
  // An ES module is not looked for in NODE_PATH.
  const require = createRequire(process.env.EMAILJS_FOLDER + '/');
  const entry = require.resolve('emailjs');
  emailjs = await import(pathToFileURL(entry));
} catch (error) {
  console.error(String(error));
  process.exit(77);
}
const tls = kind === 'plain' ? false : kind === 'safe' ? {ca: readFileSync(ca)} :
    kind === 'insecure' ? {rejectUnauthorized: false} : true;
const client = new emailjs.SMTPClient({
  host, port: Number(port), domain: helo, timeout: 8000, [mode === 'implicit' ? 'ssl' : 'tls']: tls,
});
try {
  await client.sendAsync(new emailjs.Message({text: readFileSync(message, 'utf8'), from, to, subject: 'starttls-lab'}));
  process.exit(0);
} catch (error) {
  console.error(String(error));
  process.exit(1);
}
