#!/usr/bin/perl
# Writes NAME.health for keepalived: 0 while NAME works, 1 while it does not.
#
# In Perl, which no Debian or Ubuntu is without (perl-base is essential), as it asks five times a second for years: a shell starts
# six programs for each question, this starts none. It goes on where no process can be started, too.
use strict;
use warnings;
use Errno qw(EINPROGRESS);
use Socket qw(AF_INET AF_INET6 SOCK_STREAM SOCK_NONBLOCK inet_pton pack_sockaddr_in pack_sockaddr_in6);

my $list   = '/etc/gatebox/vip/keepalived/health.list';
my $notes  = '/run/gatebox/vip';
my $within = 0.35;

# Waits until the socket can be read, or written. Returns the seconds that are left, 0 where it could not (select counts down
# itself: a clock that is set changes nothing).
sub ready {
    my ($socket, $to_write, $left) = @_;
    my $bits = '';
    vec($bits, fileno($socket), 1) = 1;
    my ($found, $rest) = select($to_write ? undef : $bits, $to_write ? $bits : undef, undef, $left);
    return $found > 0 ? $rest || 0.001 : 0;
}

# The connection, and the seconds that are left; nothing where it is refused.
sub connected {
    my ($address, $port) = @_;
    my $family = $address =~ /:/ ? AF_INET6 : AF_INET;
    my $packed = inet_pton($family, $address) or return;
    my $to     = $family == AF_INET6 ? pack_sockaddr_in6($port, $packed) : pack_sockaddr_in($port, $packed);
    socket(my $socket, $family, SOCK_STREAM | SOCK_NONBLOCK, 0) or return;
    return ($socket, $within) if connect($socket, $to);
    return if $! != EINPROGRESS;
    return ($socket, ready($socket, 1, $within));
}

# How a server answers: well, silent, or wrong (which refuses, ends too soon, or says anything else).
sub ask {
    my ($address, $port, $path) = @_;
    my ($socket, $left) = connected($address, $port);
    return 'wrong'  if !defined $socket;
    return 'silent' if $left <= 0;
    syswrite($socket, "GET $path HTTP/1.0\r\n\r\n") or return 'wrong';
    my $answer = '';
    my $read   = 1;
    while ($read && length($answer) < 65536 && ($left = ready($socket, 0, $left)) > 0) {
        $read = sysread($socket, $answer, 4096, length $answer);
    }
    return 'well' if $answer =~ m{^HTTP/1\.. 200 };
    return $left > 0 ? 'wrong' : 'silent';
}

# A server may be late once.
sub answers {
    my $said = ask(@_);
    $said = ask(@_) if $said eq 'silent';
    return $said eq 'well';
}

sub first_line {
    my ($path) = @_;
    open(my $file, '<', $path) or return '';
    my $line = <$file> // '';
    chomp $line;
    return $line;
}

# Whether this host forwards and has the rules of its NAT: asked at each fifth turn, as it takes a program.
my $forwarding = 0;

sub forwards {
    my ($turn) = @_;
    return $forwarding if $turn % 5 != 1;
    $forwarding = first_line('/proc/sys/net/ipv4/ip_forward') eq '1'
        && `/usr/sbin/nft -t list chain inet gatebox_nat forward 2>/dev/null` =~ /refuse_forward/;
    return $forwarding;
}

sub note {
    my ($name, $value) = @_;
    return if first_line("$notes/$name.health") eq $value;
    open(my $file, '>', "$notes/$name.health") or return;
    print {$file} "$value\n";
    close $file;
    return;
}

# A host that `gatebox drain` has marked stays drained, whatever has been done to keepalived and its notes since.
sub stay_drained {
    return if first_line('/var/lib/gatebox/drained') !~ /virtual IPs go/ || first_line("$notes/drain") eq '-253';
    open(my $file, '>', "$notes/drain") or return;
    print {$file} "-253\n";
    close $file;
    return;
}

local $SIG{PIPE} = 'IGNORE';
mkdir '/run/gatebox', 0700;
mkdir $notes;
my %well;
for (my $turn = 1; ; $turn++) {
    stay_drained();
    if (open(my $file, '<', $list)) {
        while (my $line = <$file>) {
            my ($name, $address, $port, $path) = split ' ', $line;
            next if !defined $name;
            my $works = $name eq 'forwarding' ? forwards($turn) : answers($address, $port, $path);
            $well{$name} = $works ? ($well{$name} // 4) + 1 : 0;
            note($name, $well{$name} >= 5 ? 0 : 1);
        }
    }
    select(undef, undef, undef, 0.2);
}
