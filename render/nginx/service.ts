/** nginx as a service of the distribution, run from the tree of an assembly. */
import type { Program } from "../assembly.ts";
import { notesOf, treeOf } from "../places.ts";

/** The module clears headers by families; `openssl` makes the trial certificate; `curl`, `socat` and `ss` (of `iproute2`) probe. */
export const nginx: Program = {
  name: "nginx",
  packages: ["nginx", "libnginx-mod-http-headers-more-filter", "openssl", "curl", "socat", "iproute2"],
  maskedUntilConfigured: ["nginx.service"],
};

/** Where systemd reads the drop-in, and its file inside the tree: a line of `lifecycle/links`. */
export const nginxLink = "/etc/systemd/system/nginx.service.d/gatebox.conf systemd/nginx.conf";

/** What runs nginx, and what of its assembly comes along. */
export interface NginxServiceOptions {
  /** The assembly whose tree nginx runs from. */
  readonly assembly: string;
  /** Units that are started with it. */
  readonly wants: readonly string[];
}

/**
 * `systemd/nginx.conf`, a drop-in for Debian's `nginx.service`. The process file stays where the program has it built
 * in (`/run/nginx.pid`), so that Debian's log rotation finds it. Without the host's firewall nginx does not start; one that
 * crashed is back at once, however often: a host that serves nothing has nothing to lose.
 *
 * What stands from `[Service]` on decides whether it is started again (see `serve.sh`); a change above that costs nothing.
 */
export function nginxDropIn({ assembly, wants }: NginxServiceOptions): string {
  const tree = treeOf(assembly);
  const notes = notesOf(assembly);
  const conf = `-c ${tree}/nginx/nginx.conf`;
  return `# Runs nginx from ${tree}/nginx
[Unit]
Wants=${wants.join(" ")}
RequiresMountsFor=/var/lib/nginx
Requires=gatebox-firewall.service
After=gatebox-firewall.service
StartLimitIntervalSec=0

[Service]
LimitNOFILE=65536
ExecStartPre=
ExecStartPre=/usr/sbin/nginx -t -q ${conf}
ExecStartPre=/usr/bin/install -D -m 0644 ${tree}/systemd/nginx.conf ${notes}/nginx.started-with
ExecStartPre=/bin/rm -f ${notes}/nginx.loaded
ExecStart=
ExecStart=/usr/sbin/nginx ${conf}
ExecReload=
ExecReload=/usr/sbin/nginx ${conf} -s reload
Restart=always
RestartSec=200ms
`;
}
