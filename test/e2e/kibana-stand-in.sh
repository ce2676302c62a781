#!/bin/sh
# Reads the head of a request from standard input and answers it; socat runs it for each connection.
end=$(printf '\r')
while read -r line && [ "$line" != "$end" ]; do :; done
printf 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'
