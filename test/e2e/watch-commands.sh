#!/bin/sh
# Writes down the command lines of all processes, over and over, until /run/gatebox-test-watching is gone.
umask 077
: >/run/gatebox-test-commands
while [ -e /run/gatebox-test-watching ]; do
  cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' ' ' >>/run/gatebox-test-commands
  echo >>/run/gatebox-test-commands
  sleep 0.2
done
