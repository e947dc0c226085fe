<?php
// Delivers one message through the pipes of `openssl s_client`, which PHP starts: the certificate that it prints is looked
// for, as a well-known answer advises, and everything else is left to it.
//
//   s_client.php default starttls|implicit HOST PORT CA HELO USER PASSWORD FROM TO MESSAGE
//
// Exit codes: 0 delivered, 1 refused, 77 there is no openssl.
[, $kind, $mode, $host, $port, $ca, $helo, $user, $password, $from, $to, $message] = $argv;

const LIMIT = 8;  // seconds, for every wait

function refuse(string $why): never {
    fwrite(STDERR, "$why\n");
    exit(1);
}

// -crlf is not used: it would make three octets of the CRLF that SMTP wants. -ign_eof: otherwise a line that begins with Q
// ends it, and one with R (RCPT!) renegotiates.
$command = ['openssl', 's_client', '-connect', "$host:$port", '-CAfile', $ca, '-ign_eof'];
if ($mode === 'starttls') {
    array_push($command, '-starttls', 'smtp', '-name', $helo);
}
$process = proc_open($command, [['pipe', 'r'], ['pipe', 'w'], ['redirect', 1]], $pipes) or exit(77);
[$in, $out] = $pipes;
stream_set_timeout($out, LIMIT);

// The next line that is a reply's last one; what s_client prints of its own begins otherwise. The certificate is among it.
$certificate = '';
function expect(string $digit): bool {
    global $out, $certificate;
    while (($line = fgets($out)) !== false) {
        if (preg_match('/^[A-Za-z0-9+\/=]{4,}$|^-----(BEGIN|END) CERTIFICATE-----$/', rtrim($line))) {
            $certificate .= $line;
        }
        if (preg_match('/^[0-9]{3}( |\r?$)/', $line)) {
            return $line[0] === $digit;
        }
    }
    return false;
}

function command(string $line, string $digit): bool {
    global $in;
    return @fwrite($in, "$line\r\n") !== false && expect($digit);
}

// What s_client prints first is the last line of the reply to its own EHLO; without STARTTLS the server speaks first.
if (!expect('2')) {
    refuse('no TLS');
}
if (!str_contains($certificate, 'BEGIN CERTIFICATE')) {
    refuse('no certificate');
}
$text = preg_replace(['/\r?\n/', '/^\./m'], ["\r\n", '..'], file_get_contents($message));
if (!command("EHLO $helo", '2') || !command("MAIL FROM:<$from>", '2') || !command("RCPT TO:<$to>", '2') ||
    !command('DATA', '3') || !command("$text\r\n.", '2')) {
    refuse('the server said no');
}
command('QUIT', '2');
