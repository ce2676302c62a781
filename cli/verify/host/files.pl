
# ---- Files: those of each tree, and their copies in other places

my (%tree, %places, @linked_units, %sum_of);

# The trees that are live, by assembly.
sub find_trees {
    opendir my $entries, $live or return;
    for my $name (sort grep { !/^\./ } readdir $entries) {
        my $to = readlink "$live/$name";
        if (defined $to && $to =~ m{^\Q$state\E/\Q$name\E/generations/\d+$} && -d $to) { $tree{$name} = $to }
        elsif ($name =~ /^[a-z0-9][a-z0-9.-]*$/ && defined $to) { drift('file', $name, '', "/etc/gatebox/$name", 'foreign', 'leads elsewhere') }
        else { drift('file', '', '', "/etc/gatebox/$name", 'extra', '') }
    }
}

# Which unit has which file on this host, and with which mode.
sub owned_files {
    my ($assembly) = @_;
    my %owned;
    for my $unit (map { m{([^/]+)$} } glob "$tree{$assembly}/.units/*") {
        for my $line (split /\n/, content("$tree{$assembly}/.units/$unit") // '') {
            my ($path, $mode) = split / /, $line;
            $owned{$path} = { unit => $unit, mode => $mode };
        }
    }
    return \%owned;
}

# What the units of an assembly were last applied with: the runtime keeps it.
sub applied_sums {
    my ($assembly) = @_;
    my %applied;
    for my $file (glob "$state/$assembly/sums/*") {
        for my $line (split /\n/, content($file) // '') { $applied{$1} = $2 if $line =~ /^(\S+) ([0-9a-f]{64})$/ }
    }
    return \%applied;
}

sub is_own { my ($unit) = @_; return scalar grep { $unit =~ /^\Q$_\E[^.]+$/ } @own }

# A text that everybody on the host may read, and no secret.
sub may_tell { my ($wanted, $mode) = @_; return defined $wanted && $wanted->{sum} ne '-' && ($mode & 4) }

sub look_at_tree {
    my ($assembly) = @_;
    my ($owned, $applied, $wanted) = (owned_files($assembly), applied_sums($assembly), $declared{$assembly} // {});
    drift('transaction', $assembly, '', $assembly, 'open', 'under way, or cut off: the next up goes back first')
        if -e "$state/$assembly/journal";
    return drift('file', $assembly, '', $assembly, 'undeclared', 'the stack file has it no more')
        if !$declared{$assembly} && grep { is_own($_->{unit}) } values %$owned;
    my %there = map { $_ => 1 } below($tree{$assembly}, '');
    for my $path (sort keys %{ { %there, %$owned, %$wanted } }) {
        my $unit = ($wanted->{$path} // $owned->{$path} // {})->{unit};
        if (!defined $unit) { drift('file', $assembly, '', $path, 'extra', '') }
        elsif (!$there{$path}) { drift('file', $assembly, $unit, $path, 'missing', '') }
        elsif (!$wanted->{$path} && is_own($unit)) { drift('file', $assembly, $unit, $path, 'undeclared', 'the stack file has it no more') }
        else { look_at_file($assembly, $unit, $path, $wanted->{$path}, $owned->{$path}, $applied->{$path}) }
    }
}

sub look_at_file {
    my ($assembly, $unit, $path, $wanted, $owned, $applied) = @_;
    my $file = "$tree{$assembly}/$path";
    my @about = lstat $file;
    my @told = ('file', $assembly, $unit, $path);
    return drift(@told, 'missing', '') if !@about;
    return drift(@told, 'type', 'is no plain file') if !-f _;
    my ($mode, $should) = (mode_of($about[2]), ($wanted // $owned)->{mode});
    drift(@told, 'mode', "is $mode, declared $should") if $mode ne $should;
    look_at_owner(\@told, \@about, $should);
    my $sum = $sum_of{$file} // return unknown("$assembly/$path", 'cannot be read');
    my $declares = defined $wanted && $wanted->{sum} ne '-' ? $wanted->{sum} : $applied;
    return if !defined $declares || $sum eq $declares;
    my $unchanged = defined $applied && $sum eq $applied;
    drift(@told, $unchanged ? 'unapplied' : 'content', $unchanged ? 'as last applied; the stack file says otherwise' : '');
    tell_text('|', content($file)) if may_tell($wanted, $about[2]);
}

# All is root's, but that a group may have been chosen that may read more than others: its number is not the same everywhere.
sub look_at_owner {
    my ($told, $about, $mode) = @_;
    my ($user, $group) = @$about[4, 5];
    my $is_chosen = substr($mode, 2, 1) gt substr $mode, 3, 1;
    my $wrong = $user != $> ? "user $user" : $group != $) + 0 && !$is_chosen ? "group $group" : '';
    drift(@$told, 'owner', "belongs to $wrong") if $wrong ne '';
}

# Lines "PLACE FILE" of lifecycle/links, the first of each file a copy and others links to it; lines "FILE PLACE MODE" of files.list.
sub find_places {
    my ($assembly) = @_;
    my %first;
    for my $line (split /\n/, content("$tree{$assembly}/lifecycle/links") // '') {
        my ($place, $path) = split ' ', $line;
        next if !defined $path;
        $first{$path} //= $place;
        $places{$place} = { assembly => $assembly, path => $path, by => 'links', ($first{$path} eq $place ? () : (to => $first{$path})) };
    }
    for my $line (split /\n/, content("$tree{$assembly}/files.list") // '') {
        my ($path, $place, $mode) = split ' ', $line;
        next if !defined $mode || !-f "$tree{$assembly}/$path";
        $places{$place} = { assembly => $assembly, path => $path, by => 'list', mode => $mode };
    }
}

sub look_at_place {
    my ($place) = @_;
    my ($assembly, $path, $to, $mode) = @{ $places{$place} }{qw(assembly path to mode)};
    my $wanted = $declared{$assembly}{$path};
    my $unit = ($wanted // {})->{unit} // '';
    my @told = ('link', $assembly, $unit, $place);
    my @about = lstat "$root$place";
    return drift(@told, 'missing', '') if !@about;
    if (defined $to) {
        my $leads = readlink("$root$place") // '';
        drift(@told, 'foreign', "is no link to $to") if $leads ne "$root$to";
        return;
    }
    # What hides a unit is told of the unit.
    return if -l _ && readlink("$root$place") eq '/dev/null' && $place =~ m{^/etc/systemd/system/[^/]+$};
    return drift(@told, 'foreign', 'is no plain file') if !-f _;
    my @source = lstat "$tree{$assembly}/$path";
    my ($has, $should) = (mode_of($about[2]), $mode // (defined $wanted ? $wanted->{mode} : mode_of($source[2] // 0)));
    $should = sprintf '%04o', oct $should;
    drift(@told, 'mode', "is $has, declared $should") if $has ne $should;
    look_at_owner(\@told, \@about, $should);
    my $sum = $sum_of{"$root$place"} // return unknown($place, 'cannot be read');
    my @good = grep { defined } $sum_of{"$tree{$assembly}/$path"}, ($wanted // {})->{sum};
    return if grep { $sum eq $_ } @good;
    drift(@told, 'content', "is no copy of $path");
    tell_text('|', content("$root$place")) if may_tell($wanted, $about[2]);
}

sub look_at_runtime {
    my $place = '/usr/local/lib/gatebox/unit.sh';
    my @told = ('file', '', '', $place);
    return if !defined $runtime;
    my @about = lstat "$root$place" or return drift(@told, 'missing', '');
    drift(@told, 'content', "is not this version's") if ($sum_of{"$root$place"} // '') ne $runtime;
    look_at_owner(\@told, \@about, '0700');
}

sub look_at_files {
    find_trees();
    find_places($_) for sort keys %tree;
    my @all = map { my $tree = $tree{$_}; map { "$tree/$_" } below($tree, '') } sort keys %tree;
    push @all, map { "$root$_" } keys %places, '/usr/local/lib/gatebox/unit.sh';
    %sum_of = %{ sums_of(grep { -f $_ && !-l $_ } @all) };
    look_at_runtime();
    for my $assembly (sort keys %declared) {
        drift('file', $assembly, '', $assembly, 'missing', 'nothing of it is live') if !$tree{$assembly};
    }
    look_at_tree($_) for sort keys %tree;
    look_at_place($_) for sort keys %places;
}
