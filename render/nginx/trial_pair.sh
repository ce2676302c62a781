# shellcheck shell=sh
# Makes this host a certificate and key of its own, once: from then on they are only read, whatever names come later, so that a
# client may pin them. 825 days is the longest that the stricter clients take from a certificate that is trusted by hand.
# Needs `fail`.
make_trial_pair() { # SUBJECT ALTERNATIVES
  pair=/var/lib/gatebox/trial-tls
  if [ -s "$pair/key.pem" ] && [ -s "$pair/certificate.pem" ]; then return; fi
  umask 077
  mkdir -p "$pair"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -sha256 -days 825 \
    -subj "/CN=$1" -addext "subjectAltName=$2" \
    -keyout "$pair/key.new" -out "$pair/certificate.new" 2>"$pair/log" || fail "cannot make a trial certificate: $(cat "$pair/log")"
  mv -f "$pair/key.new" "$pair/key.pem"
  mv -f "$pair/certificate.new" "$pair/certificate.pem"
  rm -f "$pair/log"
  umask 022
}
