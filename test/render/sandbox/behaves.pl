#!/usr/bin/perl
# A program that takes no connection at its port: its processes, which all have it, do as they are told. Arguments: ADDRESS, PORT, how
# long the first waits between two things that it does (0: it never waits), then the same of each that it starts.
use strict;
use warnings;
use Socket qw(AF_INET SOCK_STREAM inet_aton pack_sockaddr_in);

my ($address, $port, $own, @others) = @ARGV;
socket(my $socket, AF_INET, SOCK_STREAM, 0) or die "socket: $!\n";
bind($socket, pack_sockaddr_in($port, inet_aton($address))) or die "port $port: $!\n";
listen($socket, 9) or die "listen: $!\n";
for my $wait (@others) {
    if (!fork) { $own = $wait; last }
}
while (1) { select(undef, undef, undef, $own) if $own > 0 }
