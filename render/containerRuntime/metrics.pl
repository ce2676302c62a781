# Whether containerd answers: it is asked as every client of gRPC asks first, which starts no program. One that hangs still takes
# connections, but says nothing.
use strict;
use warnings;
use Socket qw(AF_UNIX SOCK_STREAM pack_sockaddr_un);

my $within = 3;

# The beginning of a connection of HTTP/2 (RFC 9113, 3.4): a fixed text, and a frame with no settings. A server answers with its
# own: three bytes of length, then the type, 4.
sub answers {
    my ($path) = @_;
    socket(my $socket, AF_UNIX, SOCK_STREAM, 0) or return 0;
    connect($socket, pack_sockaddr_un($path)) or return 0;
    syswrite($socket, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0") or return 0;
    my $answer = '';
    while (length $answer < 4) {
        my $readable = '';
        vec($readable, fileno $socket, 1) = 1;
        select($readable, undef, undef, $within) > 0 or return 0;
        sysread($socket, $answer, 4 - length $answer, length $answer) or return 0;
    }
    return substr($answer, 3, 1) eq "\4" ? 1 : 0;
}

metric('gatebox_containerd_up', 'gauge', 'Whether containerd answers.', [answers('/run/containerd/containerd.sock')]);

1;
