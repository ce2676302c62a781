#!/usr/bin/perl
# Ends sessions that no longer lead to an API server which is up, in processes that a reload has replaced. HAProxy does so itself
# in the present process (on-marked-down shutdown-sessions); a replaced one asks no server any more how it is, and may have
# watches for many hours. What the present process says counts for all: a server that is down, drained or declared no longer.
#
# In Perl, which no Debian or Ubuntu is without: it asks twice a second, and starts no process to do so.
use strict;
use warnings;
use Socket qw(AF_UNIX SHUT_WR SOCK_STREAM pack_sockaddr_un);

my $master = '/run/gatebox/control-plane/master.sock';
local $SIG{PIPE} = 'IGNORE';
$| = 1;

# The lines that HAProxy's master process answers with; none where it does not within 5 s. It closes when nothing more is asked.
sub ask {
    my ($command) = @_;
    socket(my $socket, AF_UNIX, SOCK_STREAM, 0) or return;
    connect($socket, pack_sockaddr_un($master)) or return;
    syswrite($socket, "$command\n") or return;
    shutdown($socket, SHUT_WR);
    my ($answer, $left) = ('', 5);
    while (1) {
        my $bits = '';
        vec($bits, fileno($socket), 1) = 1;
        (my $found, $left) = select($bits, undef, undef, $left);
        return if $found <= 0;
        my $read = sysread($socket, $answer, 65536, length $answer);
        return if !defined $read;
        return split /\n/, $answer if $read == 0;
    }
}

# The processes that a reload has replaced and that still have sessions.
sub replaced_workers {
    my ($old, @workers) = (0);
    for (ask('show proc')) {
        if (/^#/) { $old = /^# old workers/; next }
        push @workers, $1 if $old && /^(\d+)\s+worker\s/;
    }
    return @workers;
}

# The state of each API server, as the present process sees it.
sub servers {
    my %state;
    for (ask('@1 show stat -1 4 -1')) {
        my @field = split /,/;
        $state{$field[1]} = (split ' ', $field[17])[0] if $field[0] eq 'kube-api' && defined $field[17];
    }
    return %state;
}

# Ends those of a process that lead to no server that is up. (It takes `shutdown session` alone: its proxies count as disabled.)
sub end_sessions {
    my ($pid, %state) = @_;
    for (ask("\@!$pid show sess")) {
        my ($session, $server) = /^(0x[0-9a-f]+): .* be=kube-api srv=([^ ]*) / or next;
        next if ($state{$server} // '') eq 'UP';
        print "$server is not up: ending a session of process $pid with it\n";
        ask("\@!$pid shutdown session $session");
    }
    return;
}

while (1) {
    select(undef, undef, undef, 0.5);
    my @workers = replaced_workers() or next;
    my %state = servers();
    # Without any answer nothing is known, which is no reason to end anything.
    next if !%state;
    end_sessions($_, %state) for @workers;
}
