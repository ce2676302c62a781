# What the rules of this host have refused: a line of the list is PLACE TABLE NETWORK, with a dash for no network. Counters with names
# count by reason; those without stand in rules, whose comments begin with the reason.
use strict;
use warnings;

my @reasons = ([qr/^forged/, 'forged'], [qr/^ssh/, 'closed_ssh'], [qr/^NodePort/, 'closed_node_port']);

sub reason_of {
    my ($comment) = @_;
    for (@reasons) { return $$_[1] if $comment =~ $$_[0] }
    return 'refused';
}

# Packets by reason.
sub refused {
    my ($table) = @_;
    my (%count, $counter);
    # Without the elements of sets, of which there may be many.
    for (answer_of('timeout', '10', 'nft', '-t', 'list', 'table', 'inet', $table)) {
        if (/^\tcounter (\S+) \{/) { $counter = $1 }
        elsif (defined $counter && /^\t\tpackets (\d+) /) { $count{$counter} += $1; undef $counter }
        elsif (/\bcounter packets (\d+) bytes \d+ drop(?: comment "(.*)")?$/) { $count{ reason_of($2 // '') } += $1 }
    }
    return %count;
}

my @samples;
for (lines_of($ARGV[0])) {
    my ($place, $table, $network) = split / /;
    my %count = refused($table);
    my @where = (place => $place, $network eq '-' ? () : (network => $network));
    push @samples, map { [$count{$_}, @where, reason => $_] } sort keys %count;
}
metric('gatebox_refused_packets_total', 'counter', 'Packets that rules of this host have refused, since they were loaded.', @samples);

1;
