import { labNamed } from "../../lab/state.ts";
import { takeDown } from "../../lab/down.ts";
import { openAnsible } from "../ansible/ansible.ts";
import { openGatebox } from "../ansible/gatebox.ts";
import { HEADINGS, rowsOf, type Turns } from "../ansible/rows.ts";
import { runTurn, type Open, type Rounds, type Turn } from "../ansible/turn.ts";
import type { Figure } from "../figure.ts";

/** Turns of each, on hosts that are made anew for every one. */
const TURNS = 1;
const ROUNDS: Rounds = { noop: 5, route: 3 };

/** With $GATEBOX_BENCH_ONCE set, each thing is done once: to see that it works, not for a table. */
function roundsWanted(): Rounds {
  return (process.env["GATEBOX_BENCH_ONCE"] ?? "") === "" ? ROUNDS : { noop: 1, route: 1 };
}

export const ansible: Figure = {
  name: "ansible",
  title: "Beside Ansible",
  how:
    "The gateways and the web servers of the Protobox with their virtual IPs and three routes, on five hosts of a lab of its own: by Gatebox " +
    "(with `--skip-preview` where nothing else is said) and by the playbook in `bench/ansible/playbook`, which Debian's Ansible plays on the same " +
    "workstation with pipelining, kept connections, no facts gathered, handlers, and the checkers of HAProxy and nginx before they read anything. " +
    "Its variables are made from the stack file. Both install packages on all hosts at once; the playbook changes the hosts of a pool one by one " +
    "(`serial: 1`) or, beside it, all at once. Each has its turn on hosts made anew, Gatebox first: the first configuration, " +
    `${ROUNDS.noop} runs that change nothing and ${ROUNDS.route} that add a route, in each way; then a gateway leaves, gets a new disk and is added. ` +
    "Between two runs Ansible's kept connections are closed, as they are on another day. The lab's hosts have Python and no python3-apt; a play of " +
    "its own installs that, with the lists of packages, which the playbook then need not fetch, and times are given with and without that play. " +
    "Gatebox does more meanwhile than the playbook: it closes each host by a firewall, and probes and watches what it configures. Apt is at work " +
    "while a process of its own or of dpkg's runs on any host, looked at four times a second: its logs know neither lists nor downloads. A request " +
    "every 10 ms through a web server and a gateway counts what is lost; each gateway answers on its NodePorts in place of a cluster. The seconds " +
    "are medians, the connections those of the worst run.",
  headings: HEADINGS,
  onLab: false,
  measure: async (_, say, name) => {
    const lab = labNamed(`${name}-ansible`);
    const found: Record<keyof Turns, Turn[]> = { gatebox: [], ansible: [] };
    const open: Readonly<Record<keyof Turns, Open>> = {
      gatebox: (_lab, meter, stackFile) => openGatebox(meter, stackFile),
      ansible: (its, meter, stackFile) => openAnsible(its, meter, stackFile, say),
    };
    try {
      for (let turn = 1; turn <= TURNS; turn += 1) {
        // Whoever comes second finds a warmer machine: of a single turn, Ansible.
        const order = turn % 2 === 1 ? (["gatebox", "ansible"] as const) : (["ansible", "gatebox"] as const);
        for (const peer of order)
          found[peer].push(await runTurn(lab, open[peer], roundsWanted(), (line) => say(`${peer}: ${line}`)));
      }
    } finally {
      await takeDown(lab, { quiet: true });
    }
    return rowsOf(found);
  },
};
