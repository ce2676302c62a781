#!/usr/bin/perl
# Watches over a program of this host: one that is frozen is refused new connections, so that whoever asks it goes to the next at once,
# and is started again.
#
#   frozen          once a second, for years (hence Perl, as `health` of the virtual IPs)
#   frozen end      looks once, and kills the program if it is frozen; fails where it is not. For `activate`.
#
# Frozen is what leaves five questions in a row without an answer and connections to it waiting, while none of its processes that could
# answer makes any effort: none has run, waited for a processor, or ended. A program that is slow makes some, and is left alone; so is
# one that says no, one that nobody listens for (the kernel refuses for it), and one that is never reached.
#
# The rules forget by themselves whom they refuse, unless they are told again: if this is killed, or frozen itself, nobody is refused.
use strict;
use warnings;
use Errno qw(EAGAIN EINPROGRESS);
use Fcntl qw(LOCK_EX LOCK_NB LOCK_UN);
use Socket qw(AF_INET SOCK_STREAM SOL_SOCKET SO_RCVTIMEO SO_SNDTIMEO inet_aton pack_sockaddr_in);

my ($here) = $0 =~ m{^(.*)/};
my %settings;
open(my $file, '<', "$here/frozen.settings") or die "no $here/frozen.settings: $!\n";
for (<$file>) { $settings{$1} = $2 if /^(\w+)='(.*)'$/ }
close $file;
my ($assembly, $unit, $process, $address, $port, $path, $interface) =
    map { $settings{$_} // die "$here/frozen.settings has no $_\n" } qw(assembly unit process address port path interface);

my $notes     = "/run/gatebox/$assembly";
my $table     = "gatebox_frozen_$assembly";
my $questions = 5;
# Of the starts; then the program stays refused, and is started again as the first of these has become older.
my $tries         = 3;
my $tries_seconds = 600;

sub first_line {
    my ($path) = @_;
    open(my $in, '<', $path) or return '';
    my $line = <$in> // '';
    chomp $line;
    return $line;
}

# How the program answers: well, wrong, or not at all.
sub ask {
    socket(my $socket, AF_INET, SOCK_STREAM, 0) or return 'wrong';
    setsockopt($socket, SOL_SOCKET, $_, pack('l!l!', 1, 0)) for SO_SNDTIMEO, SO_RCVTIMEO;
    connect($socket, pack_sockaddr_in($port, inet_aton($address)))
        or return $! == EINPROGRESS || $! == EAGAIN ? 'silent' : 'wrong';
    syswrite($socket, "GET $path HTTP/1.0\r\n\r\n") or return 'wrong';
    my $read = sysread($socket, my $answer, 4096);
    return $! == EAGAIN ? 'silent' : 'wrong' if !defined $read;
    return $answer =~ m{^HTTP/1\.. 200 } ? 'well' : 'wrong';
}

# ---- The processes that could answer

# How many connections wait there to be taken, and the sockets that they wait at. Those that listen stand first; of others there may be
# many.
sub listening {
    my $local = sprintf '%08X:%04X', unpack('L', inet_aton($address)), $port;
    my ($waiting, %sockets) = (0);
    open(my $lines, '<', '/proc/net/tcp') or return 0;
    <$lines>;
    while (<$lines>) {
        my (undef, $at, undef, $state, $queues, @more) = split;
        last if $state ne '0A';
        next if $at ne $local;
        $sockets{"socket:[$more[4]]"} = 1;
        $waiting += hex +(split /:/, $queues)[1];
    }
    return ($waiting, %sockets);
}

sub holds {
    my ($pid, %sockets) = @_;
    opendir(my $files, "/proc/$pid/fd") or return 0;
    while (defined(my $one = readdir $files)) {
        return 1 if $sockets{ readlink("/proc/$pid/fd/$one") // '' };
    }
    return 0;
}

sub parent_of {
    my ($pid) = @_;
    return first_line("/proc/$pid/stat") =~ /\) \S (\d+)/ ? $1 : 0;
}

# Processes with the program's name.
sub named {
    return grep { first_line("/proc/$_/comm") eq $process } map { m{(\d+)$} } glob '/proc/[0-9]*';
}

# Those that have one of the sockets. Who has started another of them leaves the answers to it.
sub answering {
    my (%sockets) = @_;
    my @all     = grep { holds($_, %sockets) } named();
    my %parents = map { parent_of($_) => 1 } @all;
    my @last    = grep { !$parents{$_} } @all;
    return @last;
}

# What the processes have done so far, as a text that is another one after the least effort.
my $looks = 0;

sub effort_of {
    my (@pids) = @_;
    $looks++;
    my $text = '';
    for my $thread (map { glob "/proc/$_/task/*" } @pids) {
        my ($state, @stat) = first_line("$thread/stat") =~ /\) (\S) (.*)/ ? ($1, split ' ', $2) : ('gone');
        # Nanoseconds that it ran, and waited to. Of one that runs or waits now, they are not counted yet.
        my $counted = first_line("$thread/schedstat");
        $text .= join(' ', $thread, $counted, @stat[10, 11], $state eq 'R' ? $looks : ()) . "\n" if $state ne 'gone';
    }
    return $text;
}

# ---- How long it has been frozen

my ($silent, $effort, @pids) = (0, '');

# Asks once. Returns how often in a row there was neither an answer nor an effort, and what was said.
sub look {
    my $said = ask();
    if ($said ne 'silent') {
        ($silent, $effort, @pids) = (0, '');
        return (0, $said);
    }
    my $before = $effort;
    my ($waiting, %sockets) = listening();
    @pids   = answering(%sockets) if !$silent;
    $effort = $waiting ? effort_of(@pids) : '';
    # The first question finds out what there is to compare with.
    $silent = $effort eq '' ? 0 : $silent && $effort eq $before ? $silent + 1 : 1;
    return ($silent, $said);
}

# ---- What is done about it

# The program as a whole: who could answer, who has started these, and what else these have started.
sub kill_program {
    my @named = named();
    my %ours  = map { $_ => 1 } @pids;
    my %is    = map { $_ => 1 } @named;
    $ours{$_} = 1 for grep { $is{$_} } map { parent_of($_) } @pids;
    $ours{$_} = 1 for grep { $ours{ parent_of($_) } } @named;
    return kill 'KILL', grep { $_ > 1 } keys %ours;
}

# Ports of clients: those that are named, and those of the routes that are there now.
sub client_ports {
    return (split(' ', $settings{ports} // ''), map { m{/(\d+)\.cfg$} } glob "$here/../haproxy/routes/*.cfg");
}

sub nft {
    my ($rules) = @_;
    open(my $nft, '|-', 'timeout', '5', '/usr/sbin/nft', '-f', '-') or return;
    print {$nft} $rules;
    close $nft;
    return;
}

# In one transaction, so that there is no moment without. Before the rules that let clients in, and for new connections alone.
sub refuse {
    my $elements = join ', ', map { "$_ timeout 10s" } client_ports() or return;
    my $where    = $interface eq '' ? 'iifname != "lo"' : "iifname \"$interface\"";
    nft(<<"RULES");
table inet $table {
    set ports {
        type inet_service
        flags timeout
    }
    chain input {
        type filter hook input priority filter - 10; policy accept;
    }
}
flush chain inet $table input
flush set inet $table ports
add rule inet $table input $where tcp flags & (syn | ack) == syn tcp dport \@ports counter reject with tcp reset
add element inet $table ports { $elements }
RULES
    return;
}

sub refuse_no_longer {
    nft("add table inet $table\ndelete table inet $table\n");
    return;
}

my ($refusing, $restarts, @at) = (0, 0);

# For monitoring, and for whoever watches after us: REFUSING RESTARTS, and when the last were, in seconds since the boot.
sub note {
    mkdir '/run/gatebox', 0700;
    mkdir $notes;
    open(my $out, '>', "$notes/frozen.new") or return;
    print {$out} join(' ', $refusing, $restarts, @at), "\n";
    close $out and rename "$notes/frozen.new", "$notes/frozen";
    return;
}

# What systemd does with the program: nothing, where it is active.
sub state_of {
    my $state = `timeout 5 systemctl is-active $unit 2>/dev/null`;
    chomp $state;
    return $state;
}

# Nobody else starts or reloads it now, nor begins to: the runtime has this lock for as long as a transaction takes.
sub alone {
    my ($work) = @_;
    my $umask = umask 077;
    my $opened = open(my $lock, '>>', "/run/gatebox/$assembly.lock");
    umask $umask;
    return if !$opened || !flock $lock, LOCK_EX | LOCK_NB;
    my $state = state_of();
    # One that is frozen in the midst of a reload is never done with it.
    $work->() if $state eq 'active' || ($state eq 'reloading' && $silent >= 30);
    flock $lock, LOCK_UN;
    return;
}

sub put_right {
    my ($now) = split ' ', first_line('/proc/uptime');
    if (!$refusing) {
        $refusing = 1;
        refuse();
        note();
        print "$unit does not answer on $address:$port and does nothing; new connections to it are refused\n";
    }
    @at = grep { $_ > $now - $tries_seconds } @at;
    if (@at >= $tries) {
        print "$unit was started again $tries times in ten minutes; it stays refused\n" if $silent % 60 == $questions;
        return;
    }
    push @at, int $now;
    $restarts++;
    note();
    print "starting $unit again\n";
    kill_program();
    system('timeout', '-k', '5', '30', 'systemctl', 'restart', $unit) == 0 or print "$unit does not start\n";
    ($silent, $effort, @pids) = (0, '');
    return;
}

sub watch {
    (undef, $restarts, @at) = split ' ', first_line("$notes/frozen");
    $restarts //= 0;
    refuse_no_longer();
    note();
    while (1) {
        my ($times, $said) = look();
        if ($said eq 'well' && $refusing) {
            $refusing = 0;
            refuse_no_longer();
            note();
            print "$unit answers again; new connections to it are refused no longer\n";
        }
        alone(\&put_right) if $times >= $questions;
        refuse() if $refusing;
        # A question that is not answered takes a second itself.
        select(undef, undef, undef, 1) if $said ne 'silent';
    }
    return;
}

# Whether it was frozen, and is no more.
sub end {
    my $times;
    do { ($times) = look() } while $times && $times < $questions && ($times > 1 || $looks < 3);
    return if $times < $questions;
    print STDERR "$unit did not answer on $address:$port, and did nothing: it was killed, to be started again\n";
    return kill_program();
}

$| = 1;
local $SIG{PIPE} = 'IGNORE';
if (($ARGV[0] // '') eq 'end') { exit(end() ? 0 : 1) }
watch();
