# What Gatebox itself has done on this host: the runtime's records, and the files that are no longer what was applied.
use strict;
use warnings;

my (%of, $assembly);
for (answer_of('timeout', '50', 'sh', '/usr/local/lib/gatebox/unit.sh', 'records')) {
    my ($key, $value) = split / /, $_, 2;
    if ($key eq 'assembly') { $assembly = $value }
    elsif (defined $assembly) { push @{ $of{$assembly}{$key} }, $value }
}

# The samples of one of the runtime's words: SUB makes a value of what stands behind it.
sub each_assembly {
    my ($key, $number) = @_;
    return map { [$number->($of{$_}{$key}[0]), assembly => $_] } grep { $of{$_}{$key} } sort keys %of;
}
my $itself = sub { $_[0] };

metric('gatebox_last_change_timestamp_seconds', 'gauge', 'When the assembly was last changed on this host.', each_assembly('changed', $itself));
metric(
    'gatebox_last_change_info', 'gauge', 'The units that the last change of the assembly was for.',
    map { my $name = $_; map { [1, assembly => $name, unit => $_] } @{ $of{$name}{unit} || [] } } sort keys %of
);
metric('gatebox_generation', 'gauge', 'The generation of the assembly that is live.', each_assembly('generation', $itself));
metric('gatebox_transactions_failed_total', 'counter', 'Units that could not be applied or removed.', each_assembly('failed', $itself));
metric('gatebox_last_transaction_failed', 'gauge', 'Whether the last transaction of the assembly failed or was cut off.', each_assembly('last', sub { $_[0] eq 'ok' ? 0 : 1 }));
metric('gatebox_drifted_files', 'gauge', 'Files of the assembly that are not what was applied.', each_assembly('drifted', $itself));

1;
