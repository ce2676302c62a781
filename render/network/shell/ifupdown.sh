# shellcheck shell=sh
# Prints FILE of ifupdown (interfaces(5)) without what it says of these interfaces. A line that is taken out stands behind
# "#gatebox- "; one that is written in its place stands below "#gatebox+". Once more changes nothing. Lines of other interfaces
# stay in force, and nothing is lost that somebody writes into the file meanwhile.
without_stanzas() { # FILE NAME...
  awk '
    BEGIN {
      for (i = 2; i < ARGC; i++) { ours[ARGV[i]] = 1; delete ARGV[i] }
    }
    function is_ours(name) { sub(/:.*/, "", name); return name in ours }
    function take_out(    i) { for (i = 1; i <= lines; i++) print "#gatebox- " line[i] }
    function leave(    i) { for (i = 1; i <= lines; i++) print line[i] }
    function one(    words, count, i, kept, gone) {
      sub(/^[ \t]+/, "", whole)
      count = split(whole, words, /[ \t]+/)
      if (words[1] == "iface" || words[1] == "mapping") {
        inside = 0
        for (i = 2; i <= (words[1] == "iface" ? 2 : count); i++) if (is_ours(words[i])) inside = 1
      } else if (words[1] ~ /^(auto|allow-.*|no-auto-down|no-scripts|source|source-directory)$/) {
        inside = 0
      }
      if (words[1] ~ /^(auto|allow-.*|no-auto-down|no-scripts)$/) {
        for (i = 2; i <= count; i++) if (is_ours(words[i])) gone = 1; else if (words[i] != "") kept = kept " " words[i]
        if (!gone) { leave(); return }
        take_out()
        if (kept != "") print "#gatebox+\n" words[1] kept
      } else if (inside) {
        take_out()
      } else {
        leave()
      }
    }
    lines == 0 && /^[ \t]*(#|$)/ { print; next }
    {
      line[++lines] = $0
      whole = whole (lines > 1 ? " " : "") $0
      if (sub(/\\$/, "", whole)) next
      one()
      lines = 0
      whole = ""
    }
    END { if (lines > 0) one() }' "$@"
}

# Prints FILE of ifupdown as it was before.
with_stanzas() { # FILE
  awk '
    skip { skip = 0; next }
    $0 == "#gatebox+" { skip = 1; next }
    { sub(/^#gatebox- /, ""); print }' "$1"
}
