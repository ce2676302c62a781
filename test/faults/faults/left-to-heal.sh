#!/bin/sh
# Prints what is left to heal of a VOLUME of so many BRICKS, and nothing unless all of them say so. With "split-brain" those files
# of which the bricks have different contents and none knows better.
set -eu
volume=$1
bricks=$2
case ${3:-} in
split-brain)
  gluster --mode=script --timeout=20 volume heal "$volume" info split-brain |
    awk -v bricks="$bricks" '/^Number of entries in split-brain: / { n++; sum += $NF } END { if (n == bricks) print sum }'
  ;;
*)
  gluster --mode=script --timeout=20 volume heal "$volume" statistics heal-count |
    awk -v bricks="$bricks" '/^Number of entries: / { n++; sum += $NF } END { if (n == bricks) print sum }'
  ;;
esac
