#!/usr/bin/perl
# Delivers one message with Net::SMTP (libnet, on IO::Socket::SSL), as a program that uses it would.
#
#   net_smtp.pl KIND starttls|implicit HOST PORT CA HELO USER PASSWORD FROM TO MESSAGE
#
# KIND: default (no option), safe (CA file and mode given), no-verify (SSL_VERIFY_NONE), unchecked (the result of starttls()
# is not looked at), no-name (the chain is checked, the name is not).
# Exit codes: 0 delivered, 1 refused, 77 this Perl cannot do it.
use strict;
use warnings;
use Net::SMTP;

my ($kind, $mode, $host, $port, $ca, $helo, $user, $password, $from, $to, $message) = @ARGV;
Net::SMTP->can_ssl or exit 77;
my %options = (
    'default'   => [],
    'unchecked' => [],
    'safe'      => [SSL_verify_mode => IO::Socket::SSL::SSL_VERIFY_PEER(), SSL_ca_file => $ca],
    'no-verify' => [SSL_verify_mode => IO::Socket::SSL::SSL_VERIFY_NONE()],
    'no-name'   => [SSL_ca_file => $ca, SSL_verifycn_scheme => 'none'],
);
my @tls = @{$options{$kind} // die "no such kind: $kind\n"};

sub refuse { print STDERR "@_\n"; exit 1 }

my @connect = (Port => $port, Hello => $helo, Timeout => 8);
push @connect, SSL => 1, @tls if $mode eq 'implicit';
my $smtp = Net::SMTP->new($host, @connect) or refuse("connect: " . ($@ // ''));
if ($mode eq 'starttls') {
    my $started = $smtp->starttls(@tls);
    refuse("starttls: " . $smtp->message . ' ' . ($IO::Socket::SSL::SSL_ERROR // '')) unless $started || $kind eq 'unchecked';
}
open my $file, '<', $message or die "$message: $!\n";
my @lines = <$file>;
$smtp->mail($from) && $smtp->to($to) && $smtp->data(@lines) or refuse($smtp->message);
$smtp->quit;
