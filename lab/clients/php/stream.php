<?php
// Delivers one message over a plain stream that is upgraded to TLS, as PHP programs do.
//
//   stream.php KIND starttls|implicit HOST PORT CA HELO USER PASSWORD FROM TO MESSAGE
//
// KIND:
//   bare             no context options; the result of stream_socket_enable_crypto() is not looked at
//   default          no context options; the result is looked at
//   options          verify_peer, allow_self_signed off, cafile, and an option verify_host that PHP does not know
//   no-verify-peer   verify_peer off: PHP's default until 5.5
//   no-verify-name   verify_peer_name off
//   other-name       peer_name set to another host's name
//   walk             the chain by PHP, the name by walking reversed labels, as a well-known answer does
//   walk-and-name    the same walk, and PHP's own check of the name left on, as it is since 5.6
//   safe             verify_peer, verify_peer_name, peer_name, cafile
// Exit codes: 0 delivered, 1 refused, 77 this PHP has no TLS.
[, $kind, $mode, $host, $port, $ca, $helo, $user, $password, $from, $to, $message] = $argv;
if (!extension_loaded('openssl')) {
    exit(77);
}

const LIMIT = 8;  // seconds, for every wait

$options = [
    'bare' => [],
    'default' => [],
    'options' => ['verify_peer' => true, 'allow_self_signed' => false, 'cafile' => $ca, 'verify_host' => true],
    'no-verify-peer' => ['verify_peer' => false, 'verify_peer_name' => false],
    'no-verify-name' => ['verify_peer' => true, 'verify_peer_name' => false, 'cafile' => $ca],
    'other-name' => ['verify_peer' => true, 'peer_name' => 'mail.eve.test', 'cafile' => $ca],
    'walk' => ['verify_peer' => true, 'verify_peer_name' => false, 'capture_peer_cert' => true, 'cafile' => $ca],
    'walk-and-name' => ['verify_peer' => true, 'capture_peer_cert' => true, 'cafile' => $ca],
    'safe' => ['verify_peer' => true, 'verify_peer_name' => true, 'peer_name' => $host, 'cafile' => $ca],
][$kind];

function refuse(string $why): never {
    fwrite(STDERR, "$why\n");
    exit(1);
}

// Reads one reply; false unless its code begins with $digit.
function expect($stream, string $digit): bool {
    do {
        $line = fgets($stream);
        if ($line === false) {
            return false;
        }
    } while (strlen($line) > 3 && $line[3] === '-');
    return $line[0] === $digit;
}

function command($stream, string $line, string $digit): bool {
    return @fwrite($stream, "$line\r\n") !== false && expect($stream, $digit);
}

// Labels of certificate and host from the right: equal ones are passed, a star ends it with success, and so does the end of
// the certificate's name. That two labels differ is not asked.
function walk(string $presented, string $host): bool {
    $labels = array_reverse(explode('.', strtolower($host)));
    foreach (array_reverse(explode('.', strtolower($presented))) as $i => $label) {
        if (!isset($labels[$i])) {
            return false;
        }
        if ($label === $labels[$i]) {
            continue;
        }
        if ($label === '*') {
            return true;
        }
    }
    return true;
}

function walks($stream, string $host): bool {
    $fields = openssl_x509_parse(stream_context_get_params($stream)['options']['ssl']['peer_certificate']);
    $names = [$fields['subject']['CN'] ?? ''];
    if (isset($fields['extensions']['subjectAltName'])) {
        $names = [];
        foreach (explode(',', $fields['extensions']['subjectAltName']) as $entry) {
            if (str_starts_with(trim($entry), 'DNS:')) {
                $names[] = substr(trim($entry), 4);
            }
        }
    }
    foreach ($names as $name) {
        if (substr_count($name, '.') >= 2 && walk($name, $host)) {
            return true;
        }
    }
    return false;
}

$context = stream_context_create(['ssl' => $options]);
$transport = $mode === 'implicit' ? 'tls' : 'tcp';
$stream = @stream_socket_client("$transport://$host:$port", $code, $text, LIMIT, STREAM_CLIENT_CONNECT, $context)
    or refuse("connect: $text " . (error_get_last()['message'] ?? ''));
stream_set_timeout($stream, LIMIT);
if (!expect($stream, '2')) {
    refuse('no greeting');
}
if ($mode === 'starttls') {
    $answered = command($stream, "EHLO $helo", '2') && command($stream, 'STARTTLS', '2');
    if (!$answered && $kind !== 'bare') {
        refuse('no STARTTLS');
    }
    $secured = @stream_socket_enable_crypto($stream, true, STREAM_CRYPTO_METHOD_TLS_CLIENT);
    if ($secured !== true && $kind !== 'bare') {
        refuse(error_get_last()['message'] ?? 'no TLS');
    }
}
if (str_starts_with($kind, 'walk') && !walks($stream, $host)) {
    refuse('the certificate is not for this host');
}
$text = preg_replace(['/\r?\n/', '/^\./m'], ["\r\n", '..'], file_get_contents($message));
if (!command($stream, "EHLO $helo", '2') || !command($stream, "MAIL FROM:<$from>", '2') ||
    !command($stream, "RCPT TO:<$to>", '2') || !command($stream, 'DATA', '3') || !command($stream, "$text\r\n.", '2')) {
    refuse('the server said no');
}
command($stream, 'QUIT', '2');
