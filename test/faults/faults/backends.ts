/** A gateway that answers badly or not at all, behind web servers that have two more. */
import { setTimeout as sleep } from "node:timers/promises";
import { dropIncoming, dropNothing, onHost } from "../breaking.ts";
import { fault, type Fault } from "../fault.ts";
import { EDGE, SERVICE } from "../scene.ts";

const GATEWAY = "gateway-1";
const OTHER_GATEWAYS = ["gateway-2", "gateway-3"];

/** Port of the service that is asked. */
const PORT = 30163;

/** The web servers' limit for a connection (1 s), and then what a healthy gateway takes on a busy machine. */
const SLOWEST_MS = 1500;

export const backends: readonly Fault[] = [
  fault({
    name: "backend-refuses",
    title: "a gateway refuses connections",
    vips: [EDGE],
    probe: SERVICE,
    needs: [GATEWAY, ...OTHER_GATEWAYS],
    break: ({ lab }) => onHost(lab, GATEWAY, "systemctl stop haproxy").then(() => undefined),
    heal: ({ lab }) => onHost(lab, GATEWAY, "systemctl start haproxy").then(() => undefined),
    expect: { lost: 0, slowestMs: SLOWEST_MS },
  }),
  fault({
    name: "backend-blackholes",
    title: "a gateway swallows connections without a word",
    vips: [EDGE],
    probe: SERVICE,
    needs: [GATEWAY, ...OTHER_GATEWAYS],
    break: ({ lab }) => dropIncoming(lab, GATEWAY, `iifname "gateway-network" tcp dport ${PORT}`),
    heal: ({ lab }) => dropNothing(lab, GATEWAY),
    brokenSeconds: 5,
    expect: { lost: 0, slowestMs: SLOWEST_MS },
  }),
  fault({
    name: "backend-flaps",
    title: "a gateway refuses connections and takes them by turns",
    vips: [EDGE],
    probe: SERVICE,
    needs: [GATEWAY, ...OTHER_GATEWAYS],
    break: async ({ lab }) => {
      for (let turn = 0; turn < 5; turn += 1) {
        await onHost(lab, GATEWAY, "systemctl stop haproxy");
        await sleep(300);
        await onHost(lab, GATEWAY, "systemctl start haproxy");
        await sleep(300);
      }
    },
    heal: ({ lab }) => onHost(lab, GATEWAY, "systemctl start haproxy").then(() => undefined),
    brokenSeconds: 1,
    expect: { lost: 0, slowestMs: SLOWEST_MS },
  }),
  fault({
    name: "backend-errs",
    title: "a gateway answers every request with 500",
    vips: [EDGE],
    probe: SERVICE,
    needs: [GATEWAY, ...OTHER_GATEWAYS],
    // In the place of HAProxy, on its own address and port, so that the border lets it pass.
    break: async ({ lab }) => {
      const answer = "HTTP/1.1 500 Broken\\r\\nContent-Length: 0\\r\\nConnection: close\\r\\n\\r\\n";
      const script = `cat > /run/gatebox-err <<'END'
#!/bin/bash
while read -r line && [ "$line" != $'\\r' ]; do :; done
printf '${answer}'
END
chmod +x /run/gatebox-err
systemctl stop haproxy
systemd-run --quiet --collect --unit=gatebox-err socat TCP-LISTEN:${PORT},bind=192.168.2.11,fork,reuseaddr EXEC:/run/gatebox-err`;
      await onHost(lab, GATEWAY, script);
    },
    heal: async ({ lab }) => {
      await onHost(lab, GATEWAY, "systemctl stop gatebox-err; rm -f /run/gatebox-err; systemctl start haproxy");
    },
    // Its answers are answers; what must not happen is that others wait, or get none.
    expect: { unanswered: 0, slowestMs: SLOWEST_MS },
  }),
];
