#!/usr/bin/perl
# Notices a keepalived that exists but no longer works, and takes its addresses off this host. If it is killed, systemd runs
# `release`; but a keepalived that is stopped (or hangs) keeps its address, and its kernel answers for it beside the new
# holder's.
#
# Five times a second it reads two files of /proc, no more (in Perl, as `health`). Its process is stopped: seen twice in a row
# (0.2-0.4 s). Nothing in it has run for idle_readings readings (four, 0.8 s, where adverts are frequent) though it holds an
# address, for which it would send an advert in each of its intervals: it hangs. (Not where the kernel does not count when
# processes run: CONFIG_SCHED_INFO.) Gone without a trace is noticed sooner (0.4 s). Then it is killed and its addresses are
# taken off; systemd starts it again.
use strict;
use warnings;

my $tree  = '/etc/gatebox/vip';
my $notes = '/run/gatebox/vip';
$| = 1;

sub first_line {
    my ($path) = @_;
    open(my $file, '<', $path) or return '';
    my $line = <$file> // '';
    chomp $line;
    return $line;
}

sub process_in {
    my ($path) = @_;
    return first_line($path) =~ /^(\d+)$/ ? $1 : 0;
}

sub idle_readings {
    open(my $file, '<', "$tree/lifecycle/settings") or die "no $tree/lifecycle/settings\n";
    for (<$file>) { return $1 if /^idle_readings='(\d+)'$/ }
    die "$tree/lifecycle/settings has no idle_readings\n";
}

# Whether this host has one of its virtual IPs.
sub holds_any {
    for my $path (glob "$tree/keepalived/vips/*.address") {
        my (undef, $address, $interface) = split ' ', first_line($path);
        next if !defined $interface;
        $address =~ s{/.*}{};
        return 1 if `ip -o address show dev '$interface' to '$address' 2>/dev/null` ne '';
    }
    return 0;
}

my $idle_readings = idle_readings();
my ($pid, $idle, $stopped, $slices) = (0, 0, 0, -1);

sub put_down {
    my ($how) = @_;
    print "keepalived $how; killing it and taking its addresses off this host\n";
    kill 'KILL', grep { $_ > 1 } $pid, process_in("$notes/keepalived.pid");
    system 'sh', "$tree/scripts/release";
    ($pid, $idle, $stopped) = (0, 0, 0);
    return;
}

while (1) {
    select(undef, undef, undef, 0.2);
    my $before = $slices;
    $slices = -1;
    $pid = process_in("$notes/vrrp.pid");
    if (!$pid) { ($idle, $stopped) = (0, 0); next }
    my $state = (split ' ', first_line("/proc/$pid/stat"))[2] // 'gone';
    $slices = (split ' ', first_line("/proc/$pid/schedstat"))[2] // -1;
    $stopped = $state eq 'T'       ? $stopped + 1 : 0;
    $idle    = $slices == $before ? $idle + 1    : 0;
    my $hangs = $idle >= $idle_readings && $slices > 0 && $idle % 4 == 0;
    if    ($stopped >= 2)                                     { put_down('is stopped') }
    elsif ($state eq 'gone' && $idle % 4 == 2 && holds_any()) { put_down('is gone') }
    elsif ($hangs && holds_any())                             { put_down('hangs') }
}
