#!/usr/bin/perl
# Ends connections to servers that no longer receive what is sent to them.
#
# A connection comes to the state that is looked for by sending again, which the kernel counts: five times a second that is read,
# and no program is started (hence Perl, which no Debian or Ubuntu is without) unless there was something.
use strict;
use warnings;

my ($here) = $0 =~ m{^(.*)/};
my %settings;
open(my $file, '<', "$here/stalled.settings") or die "no $here/stalled.settings: $!\n";
for (<$file>) { $settings{$1} = $2 if /^(\w+)='(.*)'$/ }
close $file;
my ($process, $network) = map { $settings{$_} // die "$here/stalled.settings has no $_\n" } qw(process servers_network);

# The kernel gives these ports to connections that are made from here.
open(my $range, '<', '/proc/sys/net/ipv4/ip_local_port_range') or die "no range of ports: $!\n";
my ($first) = split ' ', <$range>;
close $range;
$| = 1;

# What ss says of connections that are up.
sub connections {
    my ($options, $which) = @_;
    open(my $ss, '-|', 'ss', "-Hn$options", 'state', 'established', $which) or return;
    my @lines = <$ss>;
    close $ss;
    return @lines;
}

# How many segments this host has sent again so far, on all its connections. Of the two lines the first is a heading.
sub sent_again {
    open(my $snmp, '<', '/proc/net/snmp') or return '';
    my @values = map { /^Tcp: (.*)/ ? $1 : () } <$snmp>;
    return (split ' ', $values[1] // '')[11] // '';
}

# Those with two segments or one sent twice again, and no word of them: "LOCAL PEER".
sub silent {
    my @silent;
    for (connections('to', "dst $network and sport >= :$first")) {
        my (undef, undef, $local, $peer) = split;
        push @silent, [$local, $peer] if /\btimer:\(on,[^,]*,(\d+)\)\s*$/ && $1 >= 2;
    }
    return @silent;
}

my $before = '';
while (1) {
    select(undef, undef, undef, 0.2);
    my $now = sent_again();
    next if $now eq $before;
    $before = $now;
    for (silent()) {
        my ($local, $peer) = @{$_};
        my $one = "src $local and dst $peer";
        # Asked only now: it takes a look at all processes.
        next if !grep { index($_, "((\"$process\",") >= 0 } connections('tp', $one);
        print "$peer does not receive what $local sends; ending the connection\n";
        connections('tK', $one);
    }
}
