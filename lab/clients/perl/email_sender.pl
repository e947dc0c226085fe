#!/usr/bin/perl
# Delivers one message with Email::Sender::Transport::SMTP, as a program that uses it would.
#
#   email_sender.pl KIND starttls|implicit HOST PORT CA HELO USER PASSWORD FROM TO MESSAGE
#
# KIND: plain (no ssl option), default (ssl => 'starttls' or 'ssl'), safe (with a CA file too), no-verify.
# Exit codes: 0 delivered, 1 refused, 77 Email::Sender is not there.
use strict;
use warnings;

my ($kind, $mode, $host, $port, $ca, $helo, $user, $password, $from, $to, $message) = @ARGV;
eval { require Email::Sender::Simple; require Email::Sender::Transport::SMTP; require Net::SMTP; 1 } or exit 77;
my %options = (
    'plain'     => {},
    'default'   => {},
    'safe'      => {SSL_ca_file => $ca, SSL_verify_mode => 1},
    'no-verify' => {SSL_verify_mode => 0},
);
my $tls = $options{$kind} // die "no such kind: $kind\n";
open my $file, '<', $message or die "$message: $!\n";
my $text = do { local $/; <$file> };
my $transport = Email::Sender::Transport::SMTP->new({
    host => $host, port => $port, helo => $helo, timeout => 8, ssl_options => $tls,
    $kind eq 'plain' ? () : (ssl => $mode eq 'implicit' ? 'ssl' : 'starttls'),
});
my $sent = eval { Email::Sender::Simple->send($text, {from => $from, to => $to, transport => $transport}) };
unless ($sent) {
    print STDERR "$@\n";
    exit 1;
}
