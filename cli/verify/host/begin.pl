#!/usr/bin/perl
# What `gatebox verify` runs on a host, as root: compares it with what is declared, and prints what differs. It arrives by standard
# input, with the declaration behind its end, and changes nothing. No more than perl-base has.
#
# The declaration, a thing in a line, its words apart by blanks:
#   own PREFIX                          before the last part of the names of this stack's units; those of other stacks are compared
#                                       with what they were applied with
#   runtime SHA256                      the host's side of Gatebox
#   file ASSEMBLY UNIT PATH MODE SHA256 a file of a tree; "-" for what only `up` knows (a secret, say): never told, compared with what was applied
#   table ASSEMBLY FAMILY NAME FILE     a table of nftables, and the file of the tree that declares it
#   package NAME
#
# The answer, its words apart by tabs, from "gatebox-verify 1" to "end":
#   drift KIND ASSEMBLY UNIT WHERE PROBLEM DETAIL    then "|TEXT" lines of what is there, and "<TEXT" lines of what ought to be
#   address INTERFACE ADDRESS
#   unknown ABOUT WHY                   what could not be compared
use strict;
use warnings;
$ENV{LC_ALL} = 'C';
$ENV{PATH} = ($ENV{PATH} // '') . ':/usr/local/sbin:/usr/sbin:/sbin';

# Tests run below a directory of their own.
my $root = $ENV{GATEBOX_ROOT} // '';
my ($live, $state) = ("$root/etc/gatebox", "$root/var/lib/gatebox");
my $text_limit = 65536;
my $texts_left = 262144;

my (@own, %declared, @tables, @packages, $runtime);
while (my $line = <DATA>) {
    chomp $line;
    my ($what, @words) = split / /, $line;
    if ($what eq 'own') { push @own, $words[0] }
    elsif ($what eq 'runtime') { $runtime = $words[0] }
    elsif ($what eq 'file') { $declared{$words[0]}{$words[2]} = { unit => $words[1], mode => $words[3], sum => $words[4] } }
    elsif ($what eq 'table') { push @tables, [@words] }
    elsif ($what eq 'package') { push @packages, $words[0] }
}

# One line, short and clean, whatever it came from.
sub word {
    my ($text) = @_;
    $text =~ s/[\x00-\x1f\x7f]/?/g;
    return length $text > 300 ? substr($text, 0, 300) . '...' : $text;
}

sub drift { print join("\t", 'drift', map { word($_ // '') } @_[0 .. 5]), "\n" }
sub unknown { print join("\t", 'unknown', map { word($_) } @_), "\n" }

# The text of something that differs, as long as there is room for it; nothing of what is no text.
sub tell_text {
    my ($mark, $text) = @_;
    return if !defined $text || $text =~ /\0/ || length $text > $text_limit || length $text > $texts_left;
    $texts_left -= length $text;
    print map { "$mark$_\n" } $text eq '' ? '' : split /\n/, $text, -1;
}

sub content {
    my ($file) = @_;
    open my $in, '<', $file or return undef;
    local $/;
    my $text = <$in>;
    return $text // '';
}

# What a program prints, within some seconds; undef where it fails.
sub said {
    my ($seconds, @command) = @_;
    my $child = open(my $out, '-|') // return undef;
    if ($child == 0) {
        open STDERR, '>', '/dev/null';
        open STDIN, '<', '/dev/null';
        exec 'timeout', '-k', '1', $seconds, @command or exit 127;
    }
    local $/;
    my $text = <$out> // '';
    return close($out) ? $text : undef;
}

# SHA-256 of files by their names.
sub sums_of {
    my %sum;
    my @files = @_;
    while (my @some = splice @files, 0, 1000) {
        # One that has gone meanwhile makes it fail, with the others told.
        open(my $out, '-|', 'sha256sum', '-z', '--', @some) or last;
        local $/ = "\0";
        while (my $line = <$out>) { $sum{$2} = $1 if $line =~ /^([0-9a-f]{64})  (.*)\0$/s }
        close $out;
    }
    return \%sum;
}

# All that is no directory below one, by its path there.
sub below {
    my ($directory, $prefix) = @_;
    opendir my $entries, $directory or return ();
    my @found;
    for my $name (sort grep { $_ ne '.' && $_ ne '..' } readdir $entries) {
        next if $prefix eq '' && $name eq '.units';
        my $is_directory = -d "$directory/$name" && !-l "$directory/$name";
        push @found, $is_directory ? below("$directory/$name", "$prefix$name/") : "$prefix$name";
    }
    return @found;
}

sub mode_of { sprintf '%04o', $_[0] & 07777 }
