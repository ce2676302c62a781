/** What a lab leaves on a machine, found by looking at the machine and not at what the lab remembers. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../../lab/run.ts";
import { LABS_DIRECTORY, type Lab } from "../../lab/state.ts";

/**
 * Every trace of a lab, as lines for people: processes, mounts, namespaces, interfaces, rules, control
 * groups, disks, files.
 */
export async function tracesOf(lab: Lab): Promise<readonly string[]> {
  const found = await Promise.all([
    processes(lab),
    mounts(lab),
    listed("namespace", "/run/netns", lab),
    rules(lab),
    cgroups(lab),
    disksOf(lab),
    ...["/run/systemd/nspawn/propagate", "/run/systemd/nspawn/locks"].map((path) => listed("nspawn", path, lab)),
    (async () => ((await names(LABS_DIRECTORY)).includes(lab.name) ? [`files: ${LABS_DIRECTORY}/${lab.name}`] : []))(),
  ]);
  return found.flat();
}

/** The machine's end of a lab's uplink, as its number in the kernel: no interface gets the same one again. */
export async function cableNumber(index: number | undefined): Promise<string | undefined> {
  const { stdout } = await run("ip", ["-o", "link", "show", "dev", `gb-up${index}`]);
  return /^\d+/.exec(stdout)?.[0];
}

/** Whether the machine has an interface of that number. */
export async function hasInterface(number: string): Promise<boolean> {
  const { stdout } = await run("ip", ["-o", "link", "show"]);
  return stdout.split("\n").some((line) => line.startsWith(`${number}: `));
}

/** By control group or command line; one that has ended and only waits for the machine's init is none. */
async function processes(lab: Lab): Promise<readonly string[]> {
  const pids = (await names("/proc")).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const found = pids.map(async (pid) => {
    const read = (file: string): Promise<string> => readFile(`/proc/${pid}/${file}`, "utf8").catch(() => "");
    const [status, cgroup, command] = await Promise.all([read("status"), read("cgroup"), read("cmdline")]);
    const own = cgroup.includes(`/gatebox-lab/${lab.name}/`) || command.includes(`=gb-${lab.name}-`);
    return own && !/^State:\s+Z/m.test(status)
      ? [`process ${pid}: ${command.replaceAll("\0", " ").slice(0, 100)}`]
      : [];
  });
  return (await Promise.all(found)).flat();
}

/** In any process's view: a host's mounts are seen by its own processes only. */
async function mounts(lab: Lab): Promise<readonly string[]> {
  const pids = (await names("/proc")).filter((name) => /^\d+$/.test(name));
  const views = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/mounts`, "utf8").catch(() => "")));
  const lines = new Set(views.flatMap((view) => view.split("\n")));
  return [...lines]
    .filter((line) => line.includes(join(LABS_DIRECTORY, lab.name, "/")) || line.includes(`/netns/gb-${lab.name}-`))
    .map((line) => `mount: ${line.slice(0, 100)}`);
}

/** Loop devices of the machine behind which a file of the lab is, or was until somebody removed it. */
export async function disksOf(lab: Lab): Promise<readonly string[]> {
  const { stdout } = await run("losetup", ["--list", "--noheadings", "--output", "NAME,BACK-FILE"]);
  return stdout
    .split("\n")
    .filter((line) => line.includes(join(LABS_DIRECTORY, lab.name, "/")))
    .map((line) => `disk: ${line}`);
}

async function rules(lab: Lab): Promise<readonly string[]> {
  const { stdout } = await run("nft", ["list", "tables"]);
  return stdout.split("\n").filter((line) => line.endsWith(` gatebox-lab-${lab.name}`));
}

async function cgroups(lab: Lab): Promise<readonly string[]> {
  const { stdout } = await run("find", ["/sys/fs/cgroup", "-type", "d", "-path", `*/gatebox-lab/${lab.name}*`]);
  return stdout.split("\n").filter((line) => line.includes(`/gatebox-lab/${lab.name}`));
}

async function listed(what: string, directory: string, lab: Lab): Promise<readonly string[]> {
  return (await names(directory))
    .filter((name) => name.startsWith(`gb-${lab.name}-`))
    .map((name) => `${what}: ${name}`);
}

async function names(directory: string): Promise<readonly string[]> {
  return readdir(directory).catch(() => []);
}
