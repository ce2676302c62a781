#!/usr/bin/perl
# Asks a name server for the addresses of a name, over UDP: perl ask.pl SERVER NAME [SECONDS]
#
# Prints them in one line, in order; without one the reason, and ends with 1. Nothing but perl-base is needed.
use strict;
use warnings;
use IO::Socket::INET;
use IO::Select;

my ($server, $name, $seconds) = @ARGV;
die "usage: ask.pl SERVER NAME [SECONDS]\n" unless defined $name;
$seconds = 2 unless defined $seconds;

# RFC 1035, 4.1: a header, and one question of type A.
my $id = int(rand(65536));
my $question = join('', map { pack('C/a', $_) } split(/\./, $name)) . pack('Cnn', 0, 1, 1);
my $socket = IO::Socket::INET->new(PeerAddr => $server, PeerPort => 53, Proto => 'udp') or refuse("no way to $server: $!");
defined $socket->send(pack('n6', $id, 0x0100, 1, 0, 0, 0) . $question) or refuse("not sent to $server: $!");
IO::Select->new($socket)->can_read($seconds) or refuse("no answer within $seconds s");
defined $socket->recv(my $answer, 4096) or refuse("nobody answers at $server: $!");

my ($their_id, $flags, $questions, $records) = length $answer < 12 ? (-1) : unpack('n4', $answer);
refuse('an answer to something else') if $their_id != $id || $questions != 1 || !($flags & 0x8000);
my %codes = (1 => 'FORMERR', 2 => 'SERVFAIL', 3 => 'NXDOMAIN', 4 => 'NOTIMP', 5 => 'REFUSED');
my $code = $flags & 15;
refuse($codes{$code} || "error $code") if $code;

my $at = after_name(12) + 4;
my @addresses;
for (1 .. $records) {
  $at = after_name($at);
  my ($type, $class, undef, $length) = unpack('nnNn', substr($answer, $at, 10));
  push @addresses, join('.', unpack('C4', substr($answer, $at + 10, 4))) if $type == 1 && $class == 1 && $length == 4;
  $at += 10 + $length;
}
refuse('no address') unless @addresses;
print join(' ', sort @addresses), "\n";

sub refuse {
  print "$_[0]\n";
  exit 1;
}

# Where a name ends: it does so with an empty label, or with a pointer to where the rest stands.
sub after_name {
  my ($place) = @_;
  while (1) {
    refuse('an answer that is cut off') if $place >= length $answer;
    my $length = unpack('C', substr($answer, $place, 1));
    return $place + 2 if $length >= 192;
    return $place + 1 if $length == 0;
    $place += 1 + $length;
  }
}
