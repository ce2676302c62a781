#!/bin/sh
# Previews a stack, writes the review of it, and ends with 3 where the change has a risk that is named.
#
#   review.sh STACK [RISK,RISK…]
#
# It leaves preview.json, review.md, review.html and review.json in $REVIEW_DIR (default: review). preview.json has the stack's
# whole configuration: keep it from artifacts that others can read.
set -eu
stack=${1:?name the stack}
risks=${2:-}
place=${REVIEW_DIR:-review}

mkdir -p "$place"
umask 077
# A preview that fails writes why into the same JSON, and the review says it.
status=0
timeout 1800 pulumi preview --stack "$stack" --json --show-sames --non-interactive >"$place/preview.json" || status=$?
umask 022
failed=0
npx gatebox review --preview "$place/preview.json" --fail-on="$risks" \
  --markdown "$place/review.md" --html "$place/review.html" --json "$place/review.json" >/dev/null || failed=$?
if [ "$failed" = 0 ]; then exit "$status"; fi
exit "$failed"
