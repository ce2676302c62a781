#!/usr/bin/perl
# Asks the sources of this host's metrics, and puts what they tell into node exporter's textfile directory: a file for each, replaced
# as a whole. Without arguments those whose metrics are old, with names of sources those.
#
# A source is a Perl file that calls `metric` for each metric that it tells, and dies where it cannot tell: what it has told before is
# taken away then, and `gatebox_metrics_source_up` is 0. $ARGV[0] is its list. It runs in a process of its own.
use strict;
use warnings;
use Fcntl qw(LOCK_EX);

my $tree  = '/etc/gatebox/metrics';
my $notes = '/run/gatebox/metrics';
my $told  = '/var/lib/prometheus/node-exporter';

# Seconds that a source may take; the slowest waits for transactions, and is done in less than half.
my $limit = 60;

# ---- What sources call

# Prints the samples of a metric, each a list VALUE, LABEL => TEXT, …; nothing where there are none.
sub metric {
    my ($name, $type, $help, @samples) = @_;
    return if !@samples;
    print "# HELP $name $help\n# TYPE $name $type\n";
    for my $sample (@samples) {
        my ($value, @labels) = @$sample;
        my @written;
        while (my ($label, $text) = splice @labels, 0, 2) {
            $text =~ s/([\\"])/\\$1/g;
            $text =~ s/\n/\\n/g;
            push @written, "$label=\"$text\"";
        }
        print $name, (@written ? '{' . join(',', @written) . '}' : ''), " $value\n";
    }
    return;
}

# The lines of a file, without their ends; none where there is no such file.
sub lines_of {
    my ($file) = @_;
    open my $in, '<', $file or return;
    chomp(my @lines = <$in>);
    return @lines;
}

# What a program prints, line by line. Dies where it fails.
sub answer_of {
    my (@command) = @_;
    open my $in, '-|', @command or die "cannot run $command[0]: $!\n";
    chomp(my @lines = <$in>);
    close $in or die "@command failed\n";
    return @lines;
}

# ---- The sources

sub source_up {
    my ($name, $up) = @_;
    metric('gatebox_metrics_source_up', 'gauge', 'Whether this source of metrics could tell.', [$up, source => $name]);
    return;
}

# Whoever has it writes what the source tells.
sub lock_of {
    my ($name) = @_;
    open my $lock, '>', "$notes/$name.lock" or die "$notes/$name.lock: $!\n";
    flock $lock, LOCK_EX or die "cannot lock $name: $!\n";
    return $lock;
}

# In a process of its own.
sub ask {
    my ($name) = @_;
    alarm $limit;
    my $lock = lock_of($name);
    my $file = "$told/gatebox_$name";
    open STDOUT, '>', "$file.new" or die "$file.new: $!\n";
    @ARGV = ("$tree/sources/$name.list");
    my $done = do "$tree/sources/$name.pl";
    my $why  = $@ || $!;
    if (!$done) {
        truncate STDOUT, 0 and seek STDOUT, 0, 0;
        warn "source $name: $why\n";
    }
    source_up($name, $done ? 1 : 0);
    close STDOUT or die "$file.new: $!\n";
    rename "$file.new", "$file.prom" or die "$file.prom: $!\n";
    return;
}

# In place of a source that has come to no end of its own.
sub told_nothing {
    my ($name) = @_;
    my $lock = lock_of($name);
    my $file = "$told/gatebox_$name";
    open my $out, '>', "$file.new" or return;
    my $before = select $out;
    source_up($name, 0);
    select $before;
    close $out and rename "$file.new", "$file.prom";
    return;
}

# Which files stand at some places: a file that is put back has its old times, so these alone would not tell.
sub files_at {
    return join ' ', map { my @file = stat $_; @file ? join(':', @file[0, 1, 7, 9, 10]) : '-' } @_;
}

# Whether a source is to be asked: its metrics are as old as they may be, or one of its files is another one since.
sub due {
    my ($name, $every, @after) = @_;
    my $at = (stat "$told/gatebox_$name.prom")[9];
    return 1 if !defined $at;
    my $age = time - $at;
    # Timers are not exact, and clocks are set.
    return 1 if $age < 0 || $age >= $every - 5;
    # Times are whole seconds: one of its files may have changed again in the second of the last look.
    return 1 if grep { ((stat $_)[9] // 0) >= $at } @after;
    my ($seen) = lines_of("$notes/$name.seen");
    return files_at(@after) ne ($seen // '');
}

# Before it is asked: what changes meanwhile is seen the next time.
sub note_files {
    my ($name, undef, @after) = @_;
    open my $out, '>', "$notes/$name.seen" or return;
    print $out files_at(@after), "\n";
    close $out;
    return;
}

umask 022;
# They are gone after a boot.
mkdir '/run/gatebox', 0700;
mkdir $notes;
my %wanted = map { $_ => 1 } @ARGV;
my @asked  = grep { %wanted ? $wanted{$$_[0]} : due(@$_) } map { [split / /] } lines_of("$tree/sources.list");
for my $source (@asked) {
    my ($name) = @$source;
    note_files(@$source);
    my $child = fork;
    defined $child or die "cannot start a process: $!\n";
    if ($child == 0) {
        my $done = eval { ask($name); 1 };
        warn $@ if !$done;
        exit !$done;
    }
    waitpid $child, 0;
    told_nothing($name) if $?;
}
