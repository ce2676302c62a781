#!/bin/sh
# Prints the kernel's value of each setting that the host's assemblies write.
cat /etc/gatebox/*/sysctl/*.conf 2>/dev/null | while read -r key _; do
  key=${key#-}
  case $key in */*) ;; *) key=$(echo "$key" | tr . /) ;; esac
  echo "$key = $(cat "/proc/sys/$key" 2>/dev/null)"
done
