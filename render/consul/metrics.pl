# Whether this host's Consul knows a leader. The one line of the list is: PORT ROLE DATACENTRE.
use strict;
use warnings;

my ($line) = lines_of($ARGV[0]) or die "no list\n";
my ($port, $role, $datacentre) = split / /, $line;

# One that does not answer knows none.
my @answer = eval { answer_of('curl', '-sf', '--noproxy', '*', '-m', '3', "http://127.0.0.1:$port/v1/status/leader") };
my $known = @answer && $answer[0] =~ /\A"[^"]+"/ ? 1 : 0;
metric('gatebox_consul_leader_known', 'gauge', 'Whether this member of Consul knows a leader.', [$known, role => $role, datacenter => $datacentre]);

1;
