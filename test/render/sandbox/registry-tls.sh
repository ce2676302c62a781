#!/bin/sh
# Makes an authority and a pair for registry.protobox in a directory, and a registry's configuration with both. Argument: DIRECTORY.
set -eu
mkdir -p "$1/data"
cd "$1"
curve='-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'
# shellcheck disable=SC2086 # words
openssl req -x509 $curve -keyout ca.key -out ca.pem -subj /CN=authority -days 1 2>/dev/null
# shellcheck disable=SC2086 # words
openssl req $curve -keyout key.pem -out request.pem -subj /CN=registry 2>/dev/null
echo 'subjectAltName=DNS:registry.protobox' >names
openssl x509 -req -in request.pem -CA ca.pem -CAkey ca.key -CAcreateserial -out certificate.pem -days 1 -extfile names 2>/dev/null
cat >config.yml <<CONFIG
version: 0.1
log: { level: error }
storage: { filesystem: { rootdirectory: $1/data } }
http:
  addr: 192.168.1.7:443
  secret: anything
  tls: { certificate: $1/certificate.pem, key: $1/key.pem }
auth: { htpasswd: { realm: box, path: $1/htpasswd } }
CONFIG
