/** The facts of a healthy gateway-1 of the Protobox, as `facts.sh` prints them. */
export function healthyFacts(clock: number = Date.now() / 1000): string {
  return `Welcome to gateway-1
gatebox-facts 1
clock ${clock.toFixed(9)}
root itself
os PRETTY_NAME "Debian GNU/Linux 12 (bookworm)"
os VERSION_ID "12"
os ID debian
init systemd
systemd
link lo - UNKNOWN own
link gateway-network 02:67:c0:a8:02:0b UP own
link box-network 02:67:c0:a8:01:0b UP own
address lo 127.0.0.1/8
address gateway-network 192.168.2.11/24
address box-network 192.168.1.11/24
space /var/lib 63044460
inodes /var/lib 15931467
space /etc 63044460
inodes /etc 15931467
space /usr 63044460
inodes /usr 15931467
nftables works
end
`;
}
