# shellcheck shell=sh
# Does nginx serve the configuration of $CURRENT: has it loaded that, does it answer over HTTPS with the certificate that stands
# there, and send HTTP to HTTPS? NAME is one that is served. Each check leaves in $wrong what is not (yet) as it should be.
. ./workers.sh

nginx_serves() { # NOTES NAME
  nginx_runs "$1" && nginx_answers "$2" && certificate_shown
}

nginx_runs() { # NOTES
  wrong='nginx is not running'
  systemctl is-active --quiet nginx.service && [ -n "$(workers "$(master)")" ] || return 1
  wrong='nginx has loaded a previous configuration'
  [ ! -e "$1/nginx.loaded" ] || [ "$(cat "$1/nginx.loaded")" = "$(nginx_sum "$CURRENT")" ]
}

nginx_answers() { # NAME
  wrong='nginx does not answer over HTTPS'
  [ "$(curl -sk -m 3 -o /dev/null -w '%{http_code}' https://127.0.0.1/-/healthz)" = 200 ] || return 1
  wrong='nginx does not send HTTP to HTTPS'
  [ "$(curl -s -m 3 -H "Host: $1" -o /dev/null -w '%{http_code}' http://127.0.0.1/)" = 308 ]
}

certificate_shown() {
  # shellcheck disable=SC2034 # it is for who asks
  wrong='nginx shows another certificate than the one of its configuration'
  certificate=$CURRENT/nginx/tls/certificate.pem
  [ -e "$certificate" ] || certificate=/var/lib/gatebox/trial-tls/certificate.pem
  shown=$(timeout 5 openssl s_client -connect 127.0.0.1:443 </dev/null 2>/dev/null | fingerprint) || return 1
  [ "$shown" = "$(fingerprint <"$certificate")" ]
}

fingerprint() {
  openssl x509 -noout -fingerprint -sha256 2>/dev/null
}
