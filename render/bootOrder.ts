/** What waits for what when a host boots, across assemblies. */

/**
 * Done when a host that boots has found out which virtual IPs it holds, and what goes with them has been told: of the assembly `vip`,
 * and nothing where there is none.
 */
export const vipsSettledUnit = "gatebox-vip-settled.service";

/**
 * A line of `[Unit]` for programs that lead no traffic, and take the processor for seconds when they start: a host that returns takes
 * its virtual IPs back meanwhile, and each connection through them waits until it has put them into its kernel. (Seen on two
 * processors with Prometheus reading its database: 2 s instead of a few tenths.)
 */
export const afterTraffic = `After=${vipsSettledUnit}`;

/**
 * Lines of `[Service]` for them: whatever they find to do, programs that lead traffic go first. A weight counts against 100, that of
 * all others (systemd.resource-control(5)).
 */
export const behindTraffic = "Nice=10\nCPUWeight=20\nIOWeight=20";
