/** What the host's runtime runs to check, activate, probe and stop a web server; see `gatewayLifecycle.ts`. */
import { serverName, trialTls, webserverHealthPath } from "./nginx.ts";
import { stalledActivate, stalledUnit } from "./stalled.ts";
import { webserverNotes } from "./systemd.ts";
import { address, familyOf, isAddress } from "./scalars.ts";

/** Debian packages of a web server. `openssl` makes the trial certificate, `curl` and `ss` probe. */
export const webserverPackages: readonly string[] = ["nginx", "openssl", "curl", "iproute2"];

/** Units that Debian would start with its own configuration as soon as their package is there. */
export const webserverHold: readonly string[] = ["nginx.service"];

/** `lifecycle/links`: what systemd reads, in its places. */
export const webserverLinks = `/etc/systemd/system/nginx.service.d/gatebox.conf systemd/nginx.conf
/etc/systemd/system/${stalledUnit("webserver")} systemd/${stalledUnit("webserver")}
`;

export interface WebserverCheckOptions {
  /** What the trial certificate is for: the names and the addresses that clients use. */
  readonly serverNames: readonly string[];
  readonly addresses: readonly string[];
}

/**
 * `lifecycle/check`: the whole staged tree, with nginx's own checker, which also sees that certificate and key belong
 * together. A port that another program holds is found here, since nginx's checker looks past it.
 *
 * The one thing that it may leave on the host is the trial pair, which nginx's checker needs to see: made once and from
 * then on only read, whatever names come later.
 */
export function webserverCheck(options: WebserverCheckOptions): string {
  return `#!/bin/sh
# Is the staged tree $TREE fit to be served?
fail() {
  echo "$*" >&2
  exit 1
}

${trialPair(options)}work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
nginx -t -q -c "$TREE/nginx/nginx.conf" -g "pid $work/pid;" || fail 'nginx refuses the configuration'

for port in 80 443; do
  holder=$(ss -Hltnp "sport = :$port" | grep -vF '"nginx"' | head -n 1) || true
  [ -z "$holder" ] || fail "port $port is already taken: $holder"
done
`;
}

function trialPair(options: WebserverCheckOptions): string {
  const names = options.serverNames.map(serverName);
  const what = "addresses of the web server";
  const addresses = options.addresses.map((one) => (familyOf(one, what) === 4 ? address(one, what) : one));
  const subject = names[0] ?? addresses[0];
  if (subject === undefined)
    throw new Error("a trial certificate needs a name or an address in serverNames or addresses");
  const alternatives = [
    ...names.map((one) => `${isAddress(one) ? "IP" : "DNS"}:${one}`),
    ...addresses.map((one) => `IP:${one}`),
  ];
  // 825 days: the longest that the stricter clients take from a certificate that is trusted by hand.
  return `pair=${trialTls}
if [ ! -s "$pair/key.pem" ] || [ ! -s "$pair/certificate.pem" ]; then
  umask 077
  mkdir -p "$pair"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -sha256 -days 825 \\
    -subj '/CN=${subject}' -addext 'subjectAltName=${[...new Set(alternatives)].join(",")}' \\
    -keyout "$pair/key.new" -out "$pair/certificate.new" 2>"$pair/log" || fail "cannot make a trial certificate: $(cat "$pair/log")"
  mv -f "$pair/key.new" "$pair/key.pem"
  mv -f "$pair/certificate.new" "$pair/certificate.pem"
  rm -f "$pair/log"
  umask 022
fi

`;
}

// Shared by activate and probe.
const running = `# The process ids of the workers that take new connections, one per line.
workers() {
  for process in /proc/[0-9]*; do
    { read -r _ _ _ parent _ <"$process/stat"; } 2>/dev/null || continue
    [ "$parent" = "$1" ] || continue
    case $(tr '\\0' ' ' 2>/dev/null <"$process/cmdline") in
    *'is shutting down'*) ;;
    'nginx: worker process'*) echo "\${process#/proc/}" ;;
    esac
  done
}

master() {
  systemctl show --property MainPID --value nginx.service
}

# A name for the text that nginx reads. The pair that the host made for itself never changes.
sum_of() {
  (cd "$1/nginx" && find . -type f | sort | xargs cat | sha256sum)
}
`;

/**
 * `lifecycle/activate`. nginx answers nothing to a reload: whether it took is read from its workers. The new
 * configuration has been taken when every worker that took connections before is on its way out and others have come;
 * if something is wrong (a port, a file), the error log says so and the former workers stay.
 */
export function webserverActivate(): string {
  return `#!/bin/sh
# Makes nginx use $CURRENT.
notes=${webserverNotes}
log=/var/log/nginx/error.log

fail() {
  echo "$*" >&2
  exit 1
}

${running}
said_since() {
  tail -c "+$(($1 + 1))" "$log" 2>/dev/null
}

log_size() {
  { wc -c <"$log"; } 2>/dev/null || echo 0
}

start_nginx() {
  begun=$(log_size)
  systemctl restart nginx.service || { said_since "$begun" | tail -n 20 >&2; fail 'nginx does not start'; }
}

not_taken() {
  said_since "$begun" | grep -F '[emerg]' | tail -n 2 >&2
  fail 'nginx did not take the new configuration; it goes on with the one before'
}

reload_nginx() {
  begun=$(log_size)
  main=$(master)
  before=$(workers "$main")
  systemctl reload nginx.service || { said_since "$begun" | tail -n 20 >&2; fail 'nginx does not take the command to reload'; }
  tries=0
  until taken; do
    case $(said_since "$begun" | grep -F '[emerg]') in
    # It tries five times to get a port, for 2.5 s in all, and would still write about it after we had gone back.
    '') ;; *'still could not bind'*) not_taken ;; *' bind() to '*) ;; *) not_taken ;;
    esac
    tries=$((tries + 1))
    [ "$tries" -lt 200 ] || fail 'nginx did not take the new configuration within 10 s'
    sleep 0.05
  done
}

taken() {
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

mkdir -p "$notes"
if [ -z "$PREVIOUS" ] || ! diff -r "$CURRENT/systemd" "$PREVIOUS/systemd" >/dev/null; then
  systemctl daemon-reload
fi
systemctl is-enabled --quiet nginx.service || systemctl --quiet enable nginx.service

sum=$(sum_of "$CURRENT")
if ! systemctl is-active --quiet nginx.service || ! cmp -s "$notes/nginx.started-with" "$CURRENT/systemd/nginx.conf"; then
  start_nginx
elif [ "$(cat "$notes/nginx.loaded" 2>/dev/null)" != "$sum" ]; then
  # A reload that fails leaves it open what the next one would find loaded.
  rm -f "$notes/nginx.loaded"
  reload_nginx
fi
echo "$sum" >"$notes/nginx.loaded"
${stalledActivate("webserver")}`;
}

/**
 * `lifecycle/probe`: nginx answers over HTTPS with the certificate of the current tree, sends HTTP there, and has loaded
 * that tree.
 */
export function webserverProbe(): string {
  return `#!/bin/sh
# Does nginx serve $CURRENT?
notes=${webserverNotes}

${running}
fingerprint() {
  openssl x509 -noout -fingerprint -sha256 2>/dev/null
}

# Each check leaves in $wrong what is not (yet) as it should be.
nginx_runs() {
  wrong='nginx is not running'
  systemctl is-active --quiet nginx.service && [ -n "$(workers "$(master)")" ] || return 1
  wrong='nginx has loaded a former configuration'
  [ ! -e "$notes/nginx.loaded" ] || [ "$(cat "$notes/nginx.loaded")" = "$(sum_of "$CURRENT")" ]
}

nginx_answers() {
  wrong='nginx does not answer over HTTPS'
  [ "$(curl -sk -m 3 -o /dev/null -w '%{http_code}' https://127.0.0.1${webserverHealthPath})" = 200 ] || return 1
  wrong='nginx does not send HTTP to HTTPS'
  [ "$(curl -s -m 3 -o /dev/null -w '%{http_code}' http://127.0.0.1/)" = 308 ]
}

certificate_shown() {
  wrong='nginx shows another certificate than the one of its configuration'
  certificate=$CURRENT/nginx/tls/certificate.pem
  [ -e "$certificate" ] || certificate=${trialTls}/certificate.pem
  shown=$(timeout 5 openssl s_client -connect 127.0.0.1:443 </dev/null 2>/dev/null | fingerprint) || return 1
  [ "$shown" = "$(fingerprint <"$certificate")" ]
}

tries=0
until nginx_runs && nginx_answers && certificate_shown; do
  tries=$((tries + 1))
  if [ "$tries" -ge 30 ]; then
    echo "$wrong" >&2
    exit 1
  fi
  sleep 0.2
done
`;
}

/** `lifecycle/deactivate`: nginx stops, and no later boot starts it. The trial pair stays: it is data. */
export function webserverDeactivate(): string {
  return `#!/bin/sh
# Stops what the web server runs, because its base is being removed.
if systemctl cat nginx.service >/dev/null 2>&1; then
  systemctl --quiet disable nginx.service
  timeout 30 systemctl stop nginx.service
fi
systemctl stop ${stalledUnit("webserver")} 2>/dev/null || true
rm -rf ${webserverNotes}
`;
}
