# Who holds the virtual IPs of this host: a line of the list is NAME NETWORK ADDRESS.
use strict;
use warnings;
use Socket qw(AF_INET AF_INET6 inet_pton);

my $states = '/run/gatebox/vip';
my $moves  = '/run/gatebox/metrics';

# However an IPv6 address is written.
sub packed {
    my ($address) = @_;
    return inet_pton($address =~ /:/ ? AF_INET6 : AF_INET, $address);
}

my %here = map { m{^\d+: \S+ +inet6? ([0-9a-f.:]+)/} ? (packed($1) => 1) : () } answer_of('ip', '-o', 'address', 'show');
my (@holders, @priorities, @transitions);
for (lines_of($ARGV[0])) {
    my ($name, $network, $address) = split / /;
    push @holders, [$here{ packed($address) } ? 1 : 0, vip => $name, network => $network];
    my ($state) = lines_of("$states/$name.state");
    push @priorities, [$1, vip => $name] if defined $state && $state =~ /^[A-Z]+ (\d+)$/;
    push @transitions, [-s "$moves/$name.moves" || 0, vip => $name];
}
metric('gatebox_vip_holder', 'gauge', 'Whether this host has the address.', @holders);
metric('gatebox_vip_priority', 'gauge', 'The priority that this host has for the address now.', @priorities);
metric('gatebox_vip_transitions_total', 'counter', 'Changes of state of this host for the address, since it was started.', @transitions);

1;
