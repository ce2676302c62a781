#!/bin/sh
# gluster(8) that answers from files in /run/fake, one a question ("volume info files" is asked of volume-info-files), and only
# notes what it is told, in /run/fake/told.
question=''
for word; do
  case $word in
  --remote-host=*) question=$question-at-${word#*=} ;;
  --*) ;;
  *) question=$question-$word ;;
  esac
done
case $question in
*-set-* | *-replace-brick-* | *-create-* | *-start* | *-stop* | *-add-brick-* | *-probe-* | *-detach-*)
  echo "${question#-}" >>/run/fake/told
  ;;
*) exec cat "/run/fake/${question#-}" 2>/dev/null ;;
esac
