# shellcheck shell=sh
# Makes nginx serve the configuration of $CURRENT. Needs `fail`, `try_until` and `same_service`.
#
# nginx answers nothing to a reload: whether it took is read from its workers. The new configuration has been taken when every
# worker that took connections before is on its way out and others have come; if something is wrong (a port, a file), the error
# log says so and the previous workers stay.
. ./workers.sh

# It decides by what the running program was started with and has loaded (kept in NOTES), not by what the previous tree was: a
# run that was cut off is put right by the next.
serve_nginx() { # NOTES
  systemctl is-enabled --quiet nginx.service || systemctl --quiet enable nginx.service
  sum=$(nginx_sum "$CURRENT")
  if ! systemctl is-active --quiet nginx.service || ! same_service "$1/nginx.started-with" "$CURRENT/systemd/nginx.conf"; then
    start_nginx
  elif [ "$(cat "$1/nginx.loaded" 2>/dev/null)" != "$sum" ]; then
    # A reload that fails leaves it open what the next one would find loaded.
    rm -f "$1/nginx.loaded"
    reload_nginx
  fi
  echo "$sum" >"$1/nginx.loaded"
}

start_nginx() {
  begun=$(nginx_log_size)
  systemctl restart nginx.service || { nginx_log_since "$begun" | tail -n 20 >&2; fail 'nginx does not start'; }
}

reload_nginx() {
  begun=$(nginx_log_size)
  main=$(master)
  before=$(workers "$main")
  systemctl reload nginx.service || { nginx_log_since "$begun" | tail -n 20 >&2; fail 'nginx does not take the command to reload'; }
  try_until 200 0.05 nginx_took || fail 'nginx did not take the new configuration within 10 s'
}

nginx_took() {
  if workers_replaced; then return; fi
  case $(nginx_log_since "$begun" | grep -F '[emerg]') in
  # It tries five times to get a port, for 2.5 s in all, and would still write about it after we had gone back.
  '') ;; *'still could not bind'*) nginx_refused ;; *' bind() to '*) ;; *) nginx_refused ;;
  esac
  return 1
}

nginx_refused() {
  nginx_log_since "$begun" | grep -F '[emerg]' | tail -n 2 >&2
  fail 'nginx did not take the new configuration; it goes on with the one before'
}

workers_replaced() {
  now=$(workers "$main")
  [ -n "$now" ] || return 1
  for worker in $before; do
    case "
$now
" in *"
$worker
"*) return 1 ;; esac
  done
}

nginx_log_size() {
  { wc -c </var/log/nginx/error.log; } 2>/dev/null || echo 0
}

nginx_log_since() { # SIZE
  tail -c "+$(($1 + 1))" /var/log/nginx/error.log 2>/dev/null
}
