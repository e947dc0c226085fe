#!/usr/bin/perl
# Delivers one message with Net::SMTP::TLS.
#
#   net_smtp_tls.pl default starttls HOST PORT CA HELO USER PASSWORD FROM TO MESSAGE
#
# Exit codes: 0 delivered, 1 refused, 77 Net::SMTP::TLS is not there.
use strict;
use warnings;

my ($kind, $mode, $host, $port, $ca, $helo, $user, $password, $from, $to, $message) = @ARGV;
eval { require Net::SMTP::TLS; 1 } or exit 77;
open my $file, '<', $message or die "$message: $!\n";
my $text = do { local $/; <$file> };
my $sent = eval {
    my $smtp = Net::SMTP::TLS->new($host, Port => $port, Hello => $helo, Timeout => 8);
    $smtp->mail($from);
    $smtp->to($to);
    $smtp->data;
    $smtp->datasend($text);
    $smtp->dataend;
    $smtp->quit;
    1;
};
unless ($sent) {
    print STDERR "$@\n";
    exit 1;
}
