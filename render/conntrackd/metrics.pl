# Whether conntrackd is in step with the other gateways. Each of them sends something once a second, also where nothing changes: with none of it
# since the last look, 15 s ago, they are apart. A first look says nothing of it.
use strict;
use warnings;

my $note = '/run/gatebox/metrics/conntrackd.heard';

# What it says of itself, by a name of ours; nothing where it does not answer.
sub statistics {
    my %of;
    # Where it does not run, its client says so each time.
    open STDERR, '>', '/dev/null';
    my @lines = eval { answer_of('timeout', '5', 'conntrackd', '-C', '/etc/gatebox/nat/conntrackd/conntrackd.conf', '-s') };
    for (@lines) {
        if (/^\s*(\d+) Pckts sent\s+(\d+) Pckts recv/) { $of{heard} = $2 }
        elsif (/(\d+) Lost msgs/) { $of{lost} = $1 }
        elsif (/(\d+) Error send/) { $of{unsent} = $1 }
        elsif (/^cache external:/) { $of{part} = 'external' }
        elsif (/^current active connections:\s+(\d+)/ && ($of{part} // '') eq 'external') { $of{external} = $1 }
    }
    return %of;
}

# Whether more has been heard than at the last look; undefined where that is too short ago, or there was none.
sub hears {
    my ($heard) = @_;
    my ($before, $at, $verdict) = map { split / / } lines_of($note);
    my $now = time;
    return $verdict if defined $at && $now >= $at && $now - $at < 5;
    my $hears = !defined $before ? undef : $heard != $before ? 1 : 0;
    if (open my $out, '>', $note) { print {$out} join(' ', $heard, $now, $hears // ()) . "\n" }
    return $hears;
}

my %of    = statistics();
my $hears = defined $of{heard} ? hears($of{heard}) : 0;
metric('gatebox_conntrackd_in_sync', 'gauge', 'Whether conntrackd answers and hears another gateway.', defined $hears ? [$hears] : ());
metric('gatebox_conntrackd_external_connections', 'gauge', 'Connections that other gateways have reported.', defined $of{external} ? [$of{external}] : ());
metric('gatebox_conntrackd_lost_messages_total', 'counter', 'Reports of other gateways that were lost on their way.', defined $of{lost} ? [$of{lost}] : ());
metric('gatebox_conntrackd_send_errors_total', 'counter', 'Reports to other gateways that could not be sent.', defined $of{unsent} ? [$of{unsent}] : ());

1;
