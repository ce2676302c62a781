# shellcheck shell=sh
# Prints what `decide` says of the tree $1 as it is, then with a line before the first of file $2 ("-": of none), then with each of
# the other files changed, one at a time. A changed file has a line more, of a form that every kind of file takes.
tree=$1 headed=$2
shift 2
decide "$tree" | cksum
if [ "$headed" != - ]; then
  cp "$tree/$headed" "$tree.kept"
  { echo '# first' && cat "$tree.kept"; } >"$tree/$headed"
fi
decide "$tree" | cksum
[ "$headed" = - ] || cp "$tree.kept" "$tree/$headed"
for file in "$@"; do
  cp "$tree/$file" "$tree.kept"
  printf '\ngatebox.test = 1\n' >>"$tree/$file"
  decide "$tree" | cksum
  cp "$tree.kept" "$tree/$file"
done
