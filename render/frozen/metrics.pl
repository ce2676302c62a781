# Which programs of this host are refused because they are frozen: a line of the list is PROGRAM FILE.
use strict;
use warnings;

my (@refused, @restarts);
for (lines_of($ARGV[0])) {
    my ($program, $file) = split / /;
    my ($refusing, $times) = split / /, (lines_of($file))[0] // '';
    next if !defined $times;
    push @refused,  [$refusing, program => $program];
    push @restarts, [$times,    program => $program];
}
metric('gatebox_frozen_refused', 'gauge', 'Whether new connections to the program are refused, because it is frozen.', @refused);
metric('gatebox_frozen_restarts_total', 'counter', 'How often the program was frozen and started again, since the host was.', @restarts);

1;
