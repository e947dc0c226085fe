<?php
// Delivers one message with PHPMailer.
//
//   phpmailer.php KIND starttls|implicit HOST PORT CA HELO USER PASSWORD FROM TO MESSAGE
//
// KIND: auto (nothing said about TLS), default (SMTPSecure), safe (SMTPSecure and cafile), insecure (verify_peer and
// verify_peer_name off, allow_self_signed on: the advice of many forums), plain (SMTPAutoTLS off).
// Exit codes: 0 delivered, 1 refused, 77 PHPMailer is not there.
[, $kind, $mode, $host, $port, $ca, $helo, $user, $password, $from, $to, $message] = $argv;
$library = '/usr/share/php/libphp-phpmailer/autoload.php';
if (!is_file($library)) {
    exit(77);
}
require $library;

$mailer = new PHPMailer\PHPMailer\PHPMailer();
$mailer->isSMTP();
$mailer->Host = $host;
$mailer->Port = (int) $port;
$mailer->Helo = $helo;
$mailer->Timeout = 8;
if ($kind !== 'auto' && $kind !== 'plain') {
    $mailer->SMTPSecure = $mode === 'implicit' ? 'ssl' : 'tls';
}
if ($kind === 'plain') {
    $mailer->SMTPAutoTLS = false;
} elseif ($kind === 'safe') {
    $mailer->SMTPOptions = ['ssl' => ['cafile' => $ca]];
} elseif ($kind === 'insecure') {
    $mailer->SMTPOptions =
        ['ssl' => ['verify_peer' => false, 'verify_peer_name' => false, 'allow_self_signed' => true]];
}
$mailer->setFrom($from);
$mailer->addAddress($to);
$mailer->Subject = 'starttls-lab';
$mailer->Body = file_get_contents($message);
if (!$mailer->send()) {
    fwrite(STDERR, $mailer->ErrorInfo . "\n");
    exit(1);
}
