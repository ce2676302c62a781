#!/bin/sh
# Answers an HTTP request as a server whose clock differs by SECONDS.
date=$(LC_ALL=C date -u -d "$1 seconds" '+%a, %d %b %Y %H:%M:%S GMT')
printf 'HTTP/1.1 200 OK\r\nDate: %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n' "$date"
