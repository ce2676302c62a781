
# ---- What runs: units of systemd, rules, settings of the kernel, packages, mounts, addresses

# The units that trees bring or add to, with their assemblies. Of a template there are as many as are asked for.
sub units {
    my %unit;
    for my $place (sort keys %places) {
        next if $place !~ m{^/etc/systemd/system/([^/@]+\.(?:service|mount|socket|timer|path))(?:\.d/[^/]+)?$};
        my $of = $unit{$1} //= { assembly => $places{$place}{assembly}, started => 0 };
        # What a list puts in place is for a boot, and may have nothing to do now.
        $of->{started} = 1 if $places{$place}{by} eq 'links';
    }
    return \%unit;
}

sub look_at_units {
    my $units = units();
    my @names = sort keys %$units or return;
    for my $name (@names) { look_at_additions($name, $units->{$name}{assembly}) }
    my $properties = 'Id,LoadState,ActiveState,UnitFileState,Restart,RemainAfterExit,NeedDaemonReload';
    my $shown = said(5, 'systemctl', 'show', "--property=$properties", '--', @names);
    return unknown('units of systemd', 'systemctl show fails') if !defined $shown;
    for my $part (split /\n\n+/, $shown) {
        my %has = map { /^(\w+)=(.*)$/ ? ($1 => $2) : () } split /\n/, $part;
        my $of = $units->{ $has{Id} // '' } or next;
        look_at_unit(\%has, $of);
    }
}

sub look_at_unit {
    my ($has, $of) = @_;
    my ($id, $active, $enabled) = ($has->{Id}, $has->{ActiveState} // '', $has->{UnitFileState} // '');
    my @told = ('unit', $of->{assembly}, '', $id);
    return drift(@told, 'masked', '') if ($has->{LoadState} // '') eq 'masked' || $enabled =~ /^masked/;
    return drift(@told, 'failed', '') if $active eq 'failed';
    # A service that is not always started again, and does not remain, is called when there is something to do.
    my $called = $id =~ /\.service$/ && ($has->{Restart} // 'no') ne 'always' && ($has->{RemainAfterExit} // 'no') eq 'no';
    drift(@told, 'stopped', "is $active") if $of->{started} && !$called && $active =~ /^(inactive|deactivating)$/;
    drift(@told, 'disabled', 'does not start at boot') if $of->{started} && !$called && $enabled eq 'disabled';
    drift(@told, 'reload', 'systemd has not read its files again') if ($has->{NeedDaemonReload} // 'no') eq 'yes';
}

# What somebody has added to a unit, or put in the place of it, beside what the trees do.
sub look_at_additions {
    my ($unit, $assembly) = @_;
    for my $directory ('/etc/systemd/system', '/run/systemd/system', '/etc/systemd/system.control', '/run/systemd/system.control') {
        for my $file (glob "$root$directory/$unit.d/*.conf") {
            my $place = substr $file, length $root;
            drift('unit', $assembly, '', $unit, 'drop-in', $place) if !$places{$place} && !is_choice_of_server($place, $unit);
        }
        # A program of somebody else's that is adopted has its unit from there.
        next if (content("$tree{$assembly}/lifecycle/settings") // '') =~ /^adopt='yes'$/m;
        my $instead = "$directory/$unit";
        drift('unit', $assembly, '', $unit, 'replaced', $instead)
            if !$places{$instead} && -e "$root$instead" && !-l "$root$instead";
    }
}

# What a unit of mount says.
sub mount_of {
    my ($place) = @_;
    my $of = $places{$place} or return {};
    my $text = content("$tree{$of->{assembly}}/$of->{path}") // '';
    return { map { /^(What|Where|Type|Options)=(.*)$/ ? ($1 => $2) : () } split /\n/, $text };
}

# All places from which it may be mounted: a volume of GlusterFS has several servers, and any of them will do.
sub sources_of {
    my ($says) = @_;
    my $what = $says->{What} // return ();
    my ($others) = ($says->{Options} // '') =~ /(?:^|,)backup-volfile-servers=([^,]+)/;
    my ($volume) = $what =~ /^[^:]+(:.+)$/;
    return ($what, defined $others && defined $volume ? map { "$_$volume" } split /:/, $others : ());
}

# Whether a drop-in is the host's own choice among the servers of a mount: of the first one that answers.
sub is_choice_of_server {
    my ($place, $unit) = @_;
    return 0 if $place ne "/run/systemd/system/$unit.d/gatebox-server.conf";
    my ($what) = (content("$root$place") // '') =~ /^\[Mount\]\nWhat=(.+)\n$/ or return 0;
    return scalar grep { $_ eq $what } sources_of(mount_of("/etc/systemd/system/$unit"));
}

# Rules as nftables lists them, without counts; without what sets have noted of packets.
sub listed {
    my ($text) = @_;
    my ($notes, $inside, @kept) = (0, 0);
    for my $line (split /\n/, $text) {
        $notes = 0 if $line =~ /^\t(set|map) /;
        $notes = 1 if $line =~ /^\t\tflags .*dynamic/;
        $inside = 1 if $notes && $line =~ /^\t\telements = /;
        push @kept, $line if !$inside;
        $inside = 0 if $inside && $line =~ /\}$/;
    }
    return join '', map { "$_\n" } @kept;
}

# Compares rules that stand with those of the file, which are loaded into a network namespace of their own.
sub look_at_table {
    my ($assembly, $family, $name, $file) = @_;
    return if !$tree{$assembly};
    my @told = ('rules', $assembly, '', "$family $name");
    my $stands = said(5, 'nft', '-s', 'list', 'table', $family, $name);
    return drift(@told, 'missing', 'nftables has no such table') if !defined $stands;
    my $script = 'cd "${1%/*}" && nft -f "${1##*/}" && nft -s list table "$2" "$3"';
    my $declares = said(10, 'unshare', '--net', 'sh', '-euc', $script, 'sh', "$tree{$assembly}/$file", $family, $name);
    return unknown("$family $name", 'the declared rules do not load in a network namespace of their own') if !defined $declares;
    ($stands, $declares) = (listed($stands), listed($declares));
    return if $stands eq $declares;
    drift(@told, 'content', 'other rules stand than declared');
    # Both or neither: of one alone a difference would be everything.
    return if length($stands) + length($declares) > $text_limit;
    tell_text('<', $declares);
    tell_text('|', $stands);
}

# A key of the kernel may be declared by several; any of them is right. With a dash it may fail: in a container, say.
sub look_at_settings {
    my %wanted;
    for my $assembly (sort keys %tree) {
        for my $file (glob "$tree{$assembly}/sysctl/*.conf") {
            for my $line (split /\n/, content($file) // '') {
                next if $line !~ m{^\s*(-?)([A-Za-z0-9_][^\s=]*)\s*=\s*(.*?)\s*$};
                my ($optional, $key, $value) = ($1, $2, $3);
                push @{ $wanted{$key} }, { assembly => $assembly, value => join(' ', split ' ', $value), optional => $optional ne '' };
            }
        }
    }
    look_at_setting($_, $wanted{$_}) for sort keys %wanted;
}

sub look_at_setting {
    my ($key, $wanted) = @_;
    my ($path, $first) = ($key, $wanted->[0]);
    # As sysctl(8) does: what comes first, a dot or a slash, is what parts it.
    $path =~ tr{./}{/.} if $path =~ m{^[^/]*\.};
    my $file = "$root/proc/sys/$path";
    my $has = content($file);
    $has = join ' ', split ' ', $has if defined $has;
    return if defined $has && grep { $_->{value} eq $has } @$wanted;
    return if $first->{optional} && (!defined $has || system('test', '-w', $file) != 0);
    drift('sysctl', $first->{assembly}, '', $key, 'value', 'is ' . ($has // 'not there') . ", declared $first->{value}");
}

sub look_at_packages {
    return if !@packages;
    # It fails where one is not known, and tells the others.
    my $format = '${Package} ${db:Status-Status} ${Version}\n';
    my $told = said(5, 'sh', '-c', 'dpkg-query -W -f "$0" -- "$@" || :', $format, @packages);
    return unknown('packages', 'dpkg-query fails') if !defined $told;
    my %has = map { /^(\S+) installed (\S+)$/ ? ($1 => $2) : () } split /\n/, $told;
    my %had = map { /^(\S+) (\S+)$/ ? ($1 => $2) : () } split /\n/, content("$state/package-versions") // '';
    for my $name (@packages) {
        my ($is, $was) = ($has{$name}, $had{$name});
        if (!defined $is) { drift('package', '', '', $name, 'missing', 'is not installed') }
        elsif (defined $was && is_older($is, $was)) { drift('package', '', '', $name, 'older', "is $is, was $was") }
    }
}

sub is_older {
    my ($is, $was) = @_;
    return $is ne $was && defined said(5, 'dpkg', '--compare-versions', $is, 'lt', $was);
}

# Shared volumes that trees bring units for: mounted where they say, and from there.
sub look_at_mounts {
    my %mounted;
    for my $line (split /\n/, content("$root/proc/self/mountinfo") // '') {
        my ($left, $right) = split / - /, $line, 2;
        my ($where, $type, $what) = ((split ' ', $left)[4], split ' ', $right // '');
        s/\\([0-7]{3})/chr oct $1/ge for $where, $what;
        # The last one hides those before it.
        $mounted{$where} = { type => $type, what => $what };
    }
    for my $place (sort grep { m{^/etc/systemd/system/[^/]+\.mount$} } keys %places) {
        my $says = mount_of($place);
        next if !defined $says->{Where};
        my ($has, $type) = ($mounted{ $says->{Where} }, $says->{Type} // 'none');
        my @told = ('mount', $places{$place}{assembly}, '', $says->{Where});
        if (!$has) { drift(@told, 'missing', "$says->{What} is not mounted") }
        # A bind mount shows the device below it.
        elsif ($type ne 'none' && !((grep { $_ eq $has->{what} } sources_of($says)) && $has->{type} =~ /^(fuse\.)?\Q$type\E$/)) {
            drift(@told, 'other', "is $has->{what} ($has->{type}), declared $says->{What} ($type)");
        }
    }
}

# What a router or a lease has given is nobody's by hand.
sub tell_addresses {
    my $told = said(3, 'ip', '-o', 'address', 'show');
    return unknown('addresses', 'ip address fails') if !defined $told;
    for my $line (split /\n/, $told) {
        next if $line !~ m{^\d+: (\S+)\s+inet6? ([0-9a-f.:]+)} || $line =~ / (dynamic|temporary) /;
        print join("\t", 'address', $1, $2), "\n";
    }
}

$| = 1;
print "gatebox-verify 1\n";
look_at_files();
look_at_units();
look_at_table(@$_) for @tables;
look_at_settings();
look_at_packages();
look_at_mounts();
tell_addresses();
print "end\n";
