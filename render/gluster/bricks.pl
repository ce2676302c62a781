# Whether the bricks of this host run: their processes are looked for, which asks nobody and waits for nothing. A volume that is not
# made yet, or is stopped, has none to run. Each line of the list is VOLUME PLACE, where PLACE is the mount point of a brick.
use strict;
use warnings;

my $state = '/var/lib/glusterd';

# glusterd writes the state of a volume: 1 is started.
sub is_started {
    my ($volume) = @_;
    return grep { $_ eq 'status=1' } lines_of("$state/vols/$volume/info");
}

# The argument that follows `--brick-name` of each brick's process.
sub running {
    my %bricks;
    for my $file (glob '/proc/[0-9]*/cmdline') {
        my ($line) = lines_of($file);
        my @words = split /\0/, $line // '';
        next if !@words || $words[0] !~ m{(?:^|/)glusterfsd$};
        for my $at (0 .. $#words - 1) { $bricks{ $words[ $at + 1 ] } = 1 if $words[$at] eq '--brick-name' }
    }
    return \%bricks;
}

my $running = running();
my @bricks  = map { [split / /, $_, 2] } lines_of($ARGV[0]);
metric('gatebox_gluster_brick_running', 'gauge', 'Whether the process of this brick runs, where its volume is started.',
    map { [$running->{"$_->[1]/brick"} ? 1 : 0, volume => $_->[0]] } grep { is_started($_->[0]) } @bricks);

1;
