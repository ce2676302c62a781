/** The programs' own checkers, on the rendered files. None needs root: what does, runs in a user namespace. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TreeFile } from "../../render/treeFile.ts";

const path = `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`;

const packages: Readonly<Record<string, string>> = {
  haproxy: "haproxy",
  nginx: "nginx",
  nft: "nftables",
  shellcheck: "shellcheck",
  openssl: "openssl",
  unshare: "util-linux",
  netplan: "netplan.io",
  promtool: "prometheus",
  amtool: "prometheus-alertmanager",
  dnsmasq: "dnsmasq-base",
};

/** What a checker said; empty when it had nothing to say. */
export interface Verdict {
  readonly ok: boolean;
  readonly words: string;
}

/** Runs `program` with `args` in `cwd`, bounded: a checker takes well below a second, 20 s is for a machine under load. */
export function check(program: string, args: readonly string[], cwd?: string, limit = 20_000): Verdict {
  const present = spawnSync("sh", ["-c", 'command -v "$1"', "sh", program], { env: { ...process.env, PATH: path } });
  if (present.status !== 0) {
    throw new Error(`${program} is not installed; install the package ${packages[program] ?? program}`);
  }
  const isolated = program === "nft" || program === "nginx";
  const [command, ...rest]: [string, ...string[]] = isolated
    ? ["unshare", "-rn", program, ...args]
    : [program, ...args];
  const result = spawnSync(command, rest, {
    cwd,
    encoding: "utf8",
    timeout: limit,
    env: { ...process.env, PATH: path },
  });
  if (result.error) throw result.error;
  return { ok: result.status === 0, words: `${result.stdout}${result.stderr}`.trim() };
}

/** Writes a tree to a directory of its own, calls `use` with it, and removes it. */
export function withTree<T>(files: readonly TreeFile[], use: (tree: string) => T): T {
  const tree = mkdtempSync(join(tmpdir(), "gatebox-render-"));
  try {
    for (const file of files) {
      mkdirSync(dirname(join(tree, file.path)), { recursive: true });
      writeFileSync(join(tree, file.path), file.text, { mode: Number.parseInt(file.mode, 8) });
    }
    return use(tree);
  } finally {
    rmSync(tree, { recursive: true });
  }
}

/** `haproxy -c` as the host runs it, but for `-q`, so that warnings count as well. */
export function checkHaproxy(files: readonly TreeFile[]): Verdict {
  const verdict = withTree(files, (tree) =>
    check("haproxy", ["-c", "-f", "haproxy/base.cfg", "-f", "haproxy/routes"], tree),
  );
  return { ok: verdict.ok, words: verdict.words.replace("Configuration file is valid", "").trim() };
}

/** `nft -c` as the host runs it. */
export function checkBorder(files: readonly TreeFile[]): Verdict {
  return withTree(files, (tree) => check("nft", ["-c", "-f", "base.nft"], join(tree, "border")));
}

/**
 * `nginx -t` on the tree. For a run without root the user and the directories for logs, temporary files and the trial
 * pair are changed; nothing else is.
 */
export function checkNginx(files: readonly TreeFile[]): Verdict {
  return withTree(files, (tree) => {
    const pair = join(tree, "trial");
    mkdirSync(pair);
    selfSigned(pair);
    const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
      (one) => `${one}_temp_path ${tree}/${one};`,
    );
    const base = files.find((file) => file.path === "nginx/nginx.conf")?.text ?? "";
    const conf = base
      .replace("user www-data;", "user root;")
      .replaceAll("/var/log/nginx/", `${tree}/`)
      .replaceAll("/var/lib/gatebox/trial-tls/", `${pair}/`)
      .replace("http {\n", `http {\n    ${temporary.join("\n    ")}\n`);
    writeFileSync(join(tree, "nginx/nginx.conf"), conf);
    const verdict = check("nginx", ["-t", "-q", "-c", join(tree, "nginx/nginx.conf"), "-g", `pid ${tree}/pid;`]);
    return { ok: verdict.ok, words: verdict.words };
  });
}

/** A self-signed pair for tests in `directory`: certificate.pem and key.pem. */
export function selfSigned(directory: string): void {
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "key.pem"];
  check("openssl", ["req", "-x509", ...key, "-subj", "/CN=test", "-days", "1", "-out", "certificate.pem"], directory);
}

/** `shellcheck` for POSIX sh, on a script as it reaches a host. */
export function checkScript(text: string): Verdict {
  return withTree([{ path: "script", mode: "0755", text }], (tree) => checkScripts(["script"], tree));
}

/** `shellcheck` for POSIX sh on many files in one run, a tenth of a second each; what a file sources beside it is read as well. */
export function checkScripts(files: readonly string[], directory: string): Verdict {
  return check("shellcheck", ["-x", "--source-path=SCRIPTDIR", "-s", "sh", ...files], directory, 180_000);
}
