#!/usr/bin/perl
# What `gatebox status` wants to know of what a host serves. It runs there as root, arrives by standard input with the questions
# behind its end, and changes nothing. No more than perl-base has.
#
# The questions, a thing in a line, its words apart by blanks:
#   package NAME
#   health ASSEMBLY ADDRESS PORT PATH   whether this is answered with 200
#   haproxy ASSEMBLY SOCKET             the backends that the HAProxy behind this command line has
#   nginx ASSEMBLY DIRECTORY            the upstreams of nginx in the files of a directory
#   shown ADDRESS PORT                  the certificate that is shown to clients there
#   certificate FILE…                   the certificate of the first of these files that is there
#
# The answer, its words apart by tabs, from "gatebox-serving 1" to "end":
#   version PACKAGE VERSION
#   well ASSEMBLY · ill ASSEMBLY WHY
#   route ASSEMBLY NAME UP ALL          servers behind the route that can be reached, and how many there are
#   certificate WHERE UNTIL             as OpenSSL writes the time
#   unknown ABOUT WHY
use strict;
use warnings;
use Errno  qw(EINPROGRESS);
use Socket qw(AF_INET AF_INET6 AF_UNIX SOCK_STREAM SOCK_NONBLOCK SOL_SOCKET SO_ERROR inet_pton pack_sockaddr_in pack_sockaddr_in6 pack_sockaddr_un);
$ENV{LC_ALL} = 'C';
$ENV{PATH} = ($ENV{PATH} // '') . ':/usr/local/sbin:/usr/sbin:/sbin';
local $SIG{PIPE} = 'IGNORE';
$| = 1;

# Tests run below a directory of their own.
my $root = $ENV{GATEBOX_ROOT} // '';

# Seconds: an answer over HTTP or from a command line, a connection, and all connections together. The whole has five.
my ($answer_within, $connect_within, $all_connect_within) = (1.5, 0.7, 2);
my $most_bytes   = 16 * 1024 * 1024;
my $most_at_once = 256;

# One line, short and clean, whatever it came from.
sub word {
    my ($text) = @_;
    $text =~ s/[\x00-\x1f\x7f]+/ /g;
    return substr $text, 0, 300;
}

sub fact {
    print join("\t", map { word($_) } @_), "\n";
    return;
}

# What a program prints, line by line; nothing where it fails. Its errors are nobody's.
sub lines_from {
    my (@command) = @_;
    my $child = open(my $out, '-|') // return;
    if ($child == 0) {
        open STDERR, '>', '/dev/null';
        open STDIN,  '<', '/dev/null';
        exec @command or exit 127;
    }
    chomp(my @lines = <$out>);
    close $out;
    return @lines;
}

# ---- Connections that nobody waits long for

# Seconds of a clock that nobody sets.
sub now {
    open(my $in, '<', '/proc/uptime') or die "/proc/uptime: $!\n";
    return (split / /, scalar <$in>)[0];
}

# A socket that connects, or nothing where that fails at once.
sub begun {
    my ($address, $port) = @_;
    my $family = !defined $port ? AF_UNIX : $address =~ /:/ ? AF_INET6 : AF_INET;
    my $packed = $family == AF_UNIX ? $address : inet_pton($family, $address) // return;
    my $to
        = $family == AF_UNIX  ? pack_sockaddr_un($packed)
        : $family == AF_INET6 ? pack_sockaddr_in6($port, $packed)
        :                       pack_sockaddr_in($port, $packed);
    socket(my $socket, $family, SOCK_STREAM | SOCK_NONBLOCK, 0) or return;
    return $socket if connect($socket, $to) || $! == EINPROGRESS;
    return;
}

sub ready {
    my ($socket, $to_write, $end) = @_;
    my $left = $end - now();
    return 0 if $left <= 0;
    my $bits = '';
    vec($bits, fileno($socket), 1) = 1;
    return scalar select($to_write ? undef : $bits, $to_write ? $bits : undef, undef, $left) > 0;
}

# What comes back for a text; nothing where no end of it came in time.
sub said_to {
    my ($text, @place) = @_;
    my $end    = now() + $answer_within;
    my $socket = begun(@place) // return;
    ready($socket, 1, $end) && syswrite($socket, $text) or return;
    my $said = '';
    while (ready($socket, 0, $end) && length($said) < $most_bytes) {
        my $read = sysread($socket, $said, 65536, length $said) // return;
        return $said if $read == 0;
    }
    return;
}

# Which of these, each "ADDRESS PORT", take a connection, and which were not asked in time.
sub reached {
    my @places = @_;
    my $end    = now() + $all_connect_within;
    my (%up, %unasked);
    while (my @now = splice @places, 0, $most_at_once) {
        if (now() >= $end) { @unasked{ @now, @places } = (); last }
        my %waiting;
        for my $place (@now) {
            my $socket = begun(split / /, $place) // next;
            $waiting{ fileno $socket } = [$socket, $place];
        }
        my $until = now() + $connect_within;
        while (%waiting && (my $left = $until - now()) > 0) {
            my $bits = '';
            vec($bits, $_, 1) = 1 for keys %waiting;
            last if select(undef, $bits, undef, $left) <= 0;
            for my $number (grep { vec($bits, $_, 1) } keys %waiting) {
                my ($socket, $place) = @{ delete $waiting{$number} };
                $up{$place} = 1 if unpack('i', getsockopt($socket, SOL_SOCKET, SO_ERROR) // pack('i', 1)) == 0;
            }
        }
    }
    return (\%up, \%unasked);
}

# ---- The questions

sub versions {
    my (@packages) = @_;
    return if !@packages;
    for (lines_from('timeout', '3', 'dpkg-query', '-W', '-f', '${db:Status-Abbrev} ${Package} ${Version}\n', '--', @packages)) {
        fact('version', $1, $2) if /^.i\S* +(\S+) (\S+)$/;
    }
    return;
}

sub health {
    my ($assembly, $address, $port, $path) = @_;
    my $said = said_to("GET $path HTTP/1.0\r\n\r\n", $address, $port);
    if (!defined $said) { fact('ill', $assembly, "nothing answers on $address:$port$path") }
    elsif ($said =~ m{^HTTP/1\.\d 200 }) { fact('well', $assembly) }
    else { fact('ill', $assembly, "$address:$port$path answers " . ($said =~ m{^HTTP/1\.\d (\d{3})} ? $1 : 'no HTTP')) }
    return;
}

# Of "show stat": name of the backend, name of the server, and its state. "UP 1/3" is on its way down and still asked.
sub haproxy {
    my ($assembly, $socket) = @_;
    my $said = said_to("show stat -1 6 -1\n", "$root$socket");
    return fact('unknown', "routes of $assembly", 'HAProxy does not answer on its command line') if !defined $said;
    my (%up, %all);
    for (split /\n/, $said) {
        next if /^#/;
        my ($backend, $server, $state) = (split /,/, $_, -1)[0, 1, 17];
        next if !defined $state;
        if ($server eq 'BACKEND') { $all{$backend} += 0; next }
        $all{$backend}++;
        $up{$backend}++ if $state =~ /^(?:UP|no check)/;
    }
    fact('route', $assembly, $_, $up{$_} // 0, $all{$_}) for sort keys %all;
    return;
}

sub upstreams_of {
    my ($directory) = @_;
    my %of;
    for my $file (glob "$root$directory/*.conf") {
        open(my $in, '<', $file) or next;
        my $name;
        while (<$in>) {
            $name = $1 if /^\s*upstream\s+(\S+)\s*\{/;
            $of{$name}{"$1 $2"} = 1 if defined $name && /^\s*server\s+\[?([0-9a-fA-F.:]+?)\]?:(\d+)[ ;]/;
        }
    }
    return \%of;
}

# Open source nginx tells nobody what it thinks of its upstreams. So its members are connected to, as nginx does it, and told nothing.
sub nginx {
    my ($assembly, $directory) = @_;
    my $of = upstreams_of($directory);
    my %all = map { $_ => 1 } map { keys %$_ } values %$of;
    my ($up, $unasked) = reached(sort keys %all);
    for my $name (sort keys %$of) {
        my @members = keys %{ $of->{$name} };
        if (grep { exists $unasked->{$_} } @members) {
            fact('unknown', "route $name of $assembly", 'not all its members were asked in time');
            next;
        }
        fact('route', $assembly, $name, scalar(grep { $up->{$_} } @members), scalar @members);
    }
    return;
}

sub until_of {
    for (@_) { return $1 if /^notAfter=(.+)$/ }
    return;
}

sub shown {
    my ($address, $port) = @_;
    my @pem = grep { /^-----BEGIN CERT/ .. /^-----END CERT/ }
        lines_from('timeout', '2', 'openssl', 's_client', '-connect', $address =~ /:/ ? "[$address]:$port" : "$address:$port");
    my $until = @pem ? until_of(lines_from('sh', '-c', 'printf "%s\n" "$@" | timeout 2 openssl x509 -noout -enddate', 'sh', @pem)) : undef;
    return fact('certificate', 'shown to clients', $until) if defined $until;
    return fact('unknown', 'the certificate shown to clients', "nothing shows one on $address:$port");
}

sub certificate {
    my ($file) = grep { -e "$root$_" } @_;
    return if !defined $file;
    my $until = until_of(lines_from('timeout', '2', 'openssl', 'x509', '-noout', '-enddate', '-in', "$root$file"));
    return fact('certificate', $file, $until) if defined $until;
    return fact('unknown', $file, 'OpenSSL reads no certificate there');
}

my (%asked, @packages);
while (my $line = <DATA>) {
    chomp $line;
    my ($what, @words) = split / /, $line;
    if ($what eq 'package') { push @packages, @words }
    else { push @{ $asked{$what} }, \@words }
}
print "gatebox-serving 1\n";
versions(@packages);
my %answers = (health => \&health, haproxy => \&haproxy, certificate => \&certificate, shown => \&shown, nginx => \&nginx);
for my $what (qw(health haproxy certificate shown nginx)) {
    $answers{$what}->(@$_) for @{ $asked{$what} || [] };
}
print "end\n";
