#!/bin/sh
# Prints the rules of Gatebox' own tables (or of the one that is named, if it stands), without what they have counted and
# without what the border and the NAT gateways remember of connections (elements of dynamic sets). Those of tests that trace
# or break something come and go.
for table in $(nft list tables | sed -n 's/^table inet \(gatebox_.*\)/\1/p' | grep -vE '^gatebox_(test|fault)' | grep -x "${1:-.*}" | sort); do
  nft -s list table inet "$table" | awk '
    /^\tset / { dynamic = 0 }
    /^\t\tflags .*dynamic/ { dynamic = 1 }
    dynamic && /^\t\telements = / { remembered = 1 }
    !remembered { print }
    remembered && /}$/ { remembered = 0 }'
done
