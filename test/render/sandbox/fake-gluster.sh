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
-volume-info) cat /run/fake/volume-info-* 2>/dev/null || echo 'No volumes present' ;;
-volume-status-all) exec cat /run/fake/volume-status-files 2>/dev/null ;;
# What is on new bricks: nothing, where a test does not say.
-system::-execute-gatebox_bricks-show-*)
  [ ! -e /run/fake/bricks ] || exec cat /run/fake/bricks
  shift
  for word; do case $word in */brick) echo "brick $word clean -" ;; esac; done
  ;;
*) exec cat "/run/fake/${question#-}" 2>/dev/null ;;
esac
