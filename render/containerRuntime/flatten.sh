# shellcheck shell=sh
# Prints what `containerd config dump` says as lines "TABLE/TABLE/KEY=VALUE", without quotes and indentation, whichever kind of
# quotes this version writes. A value that takes several lines is left out: none of ours does.
flatten() {
  awk '
    # The steps of a name such as plugins."io.containerd.grpc.v1.cri".cni, parted by slashes.
    function steps(name,    out, quote, i, c) {
      out = quote = ""
      for (i = 1; i <= length(name); i++) {
        c = substr(name, i, 1)
        if (quote == "" && (c == "\"" || c == "\047")) quote = c
        else if (c == quote) quote = ""
        else if (quote == "" && c == ".") out = out "/"
        else if (quote != "" || c != " ") out = out c
      }
      return out
    }
    { sub(/^[ \t]+/, ""); sub(/[ \t\r]+$/, "") }
    /^\[[^[].*\]$/ { table = steps(substr($0, 2, length($0) - 2)) "/"; next }
    /^[A-Za-z0-9_"\047-][^=]* = / {
      at = index($0, " = ")
      value = substr($0, at + 3)
      if (value ~ /^".*"$/ || value ~ /^\047.*\047$/) value = substr(value, 2, length(value) - 2)
      print table steps(substr($0, 1, at - 1)) "=" value
    }'
}
