# Until when the certificates that this host shows are valid: a line of the list names the files of which the first that is there is
# shown.
use strict;
use warnings;

my %month;
@month{qw(Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec)} = 1 .. 12;

# Seconds since 1970 of a moment as OpenSSL writes it: "Nov  3 07:05:09 2027 GMT".
sub seconds_of {
    my ($text) = @_;
    my ($name, $day, $hour, $minute, $second, $year) = $text =~ /^(\w{3}) +(\d+) (\d+):(\d+):(\d+) (\d+) GMT$/ or return;
    my $month = $month{$name} or return;
    # Days since 1970 in the calendar of years that begin in March.
    my ($y, $m) = $month > 2 ? ($year, $month - 3) : ($year - 1, $month + 9);
    my $days = 365 * $y + int($y / 4) - int($y / 100) + int($y / 400) + int((153 * $m + 2) / 5) + $day - 719_469;
    return (($days * 24 + $hour) * 60 + $minute) * 60 + $second;
}

my @samples;
for (lines_of($ARGV[0])) {
    my ($file) = grep { -e } split / /;
    next if !defined $file;
    my ($line) = answer_of('timeout', '10', 'openssl', 'x509', '-noout', '-enddate', '-in', $file);
    my $until = seconds_of($line =~ s/^notAfter=//r);
    die "OpenSSL says of $file: $line\n" if !defined $until;
    push @samples, [$until, file => $file];
}
metric('gatebox_certificate_not_after_timestamp_seconds', 'gauge', 'Until when the certificate that is shown from this file is valid.', @samples);

1;
