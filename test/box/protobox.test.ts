import assert from "node:assert/strict";
import { hostKeyFor } from "./hostKey.ts";
import { parseProtobox } from "./parsing.ts";
import { wholeProtoboxText } from "./protobox.ts";

describe("the Protobox", () => {
  const box = parseProtobox();

  it("is a sound configuration with every host of the documents", () => {
    assert.equal(Object.keys(box.hosts).length, 19);
    assert.deepEqual(box.pools["kube-gateway-pool"]?.members, ["gateway-1", "gateway-2", "gateway-3"]);
    assert.deepEqual(box.pools["nat-gateway-pool"]?.members, ["gateway-4", "gateway-5"]);
  });

  it("opens the six ports of the documents on the gateways, each once", () => {
    const services = box.services.map(({ name, gateway }) => [name, gateway.port]);
    const routes = box.kubeGateways!.routes.map(({ name, port }) => [name, port]);
    assert.deepEqual(Object.fromEntries([...services, ...routes]), {
      argocd: 30160,
      dash: 30161,
      keycloak: 30162,
      kibana: 30163,
      "v-admin": 30164,
      pgadmin4: 30165,
    });
  });

  it("leads a service from one port value: NodePort, gateway, upstream", () => {
    const pgadmin4 = box.services.find(({ name }) => name === "pgadmin4");
    assert.equal(pgadmin4?.app.port, 30165);
    assert.deepEqual(
      pgadmin4.gateway.destination.members.map(({ address, port }) => `${address}:${port}`),
      ["192.168.1.11:30165", "192.168.1.12:30165", "192.168.1.13:30165"],
    );
    assert.deepEqual(pgadmin4.web!.upstream, {
      name: "stream_pgadmin4",
      members: [
        { name: "gateway-1", address: "192.168.2.11", port: 30165 },
        { name: "gateway-2", address: "192.168.2.12", port: 30165 },
        { name: "gateway-3", address: "192.168.2.13", port: 30165 },
      ],
    });
    assert.equal(pgadmin4.web!.location, "/pgadmin4/");
  });

  it("fills in the defaults of an app, a check, an upstream and an interface", () => {
    const dash = box.services.find(({ name }) => name === "dash");
    assert.deepEqual(dash?.app, {
      name: "dash",
      port: 30161,
      namespace: "kubernetes-dashboard",
      selector: { app: "dash" },
      targetPort: 8080,
      servicePort: 80,
    });
    assert.deepEqual(dash.gateway.destination.check, { intervalMs: 2000, fall: 3, rise: 2 });
    assert.equal(box.services.find(({ name }) => name === "v-admin")?.web?.upstream.name, "stream_v_admin");
    assert.deepEqual(box.hosts["gateway-1"]?.interfaces, {
      "gateway-network": "gateway-network",
      "box-network": "box-network",
    });
  });

  it("keeps the documents' params, single and repeated, in their order", () => {
    const kibana = box.webservers!.routes.find(({ name }) => name === "kibana");
    assert.deepEqual(kibana?.params[1], { type: "single", directive: "proxy_read_timeout", value: "120s" });
    assert.deepEqual(
      kibana.params.map(({ directive }) => directive),
      ["proxy_set_header", "proxy_read_timeout", "proxy_pass"],
    );
    assert.equal(kibana.params[0]?.type, "repeat");
  });

  it("knows the way to each host that the stack configures, and to no other", () => {
    const connected = Object.values(box.hosts).filter(({ connection }) => connection !== undefined);
    assert.deepEqual(
      connected.map(({ name, connection }) => [name, connection?.address]),
      [
        ["webserver-1", "192.168.0.30"],
        ["webserver-2", "192.168.0.32"],
        ["gateway-1", "192.168.1.11"],
        ["gateway-2", "192.168.1.12"],
        ["gateway-3", "192.168.1.13"],
        ["gateway-4", "192.168.1.14"],
        ["gateway-5", "192.168.1.15"],
        ["supervisor-1", "192.168.1.7"],
      ],
    );
    assert.deepEqual(box.hosts["gateway-3"]?.connection?.bastion, {
      address: "192.168.1.7",
      port: 22,
      user: "root",
      hostKey: hostKeyFor("supervisor-1"),
    });
  });

  it("moves the addresses of the documents, those that the box leaves with, and one for the gateways", () => {
    const holders = Object.values(box.virtualIps).map(({ name, network, address, prefixLength, virtualRouterId }) => [
      name,
      `${network} ${address}/${prefixLength} ${virtualRouterId}`,
    ]);
    assert.deepEqual(Object.fromEntries(holders), {
      edge: "public-network 192.168.0.33/24 1",
      egress: "gateway-network 192.168.2.254/24 2",
      egressOut: "public-network 192.168.0.34/24 7",
      gateways: "gateway-network 192.168.2.10/24 8",
      nat: "box-network 192.168.1.254/24 5",
      natOut: "gateway-network 192.168.2.253/24 6",
    });
    assert.deepEqual(box.virtualIps["egress"]?.priorities, { "webserver-2": 200, "webserver-1": 100 });
    assert.equal(box.virtualIps["natOut"]?.syncGroup, "nat");
  });

  it("translates what leaves the box in two steps", () => {
    const steps = box.natGateways.map(({ pool, input, output, snatAddress: source }) => [
      pool,
      input,
      output,
      source.address,
    ]);
    assert.deepEqual(steps, [
      ["nat-gateway-pool", "box-network", "gateway-network", "192.168.2.253"],
      ["webservers-pool", "gateway-network", "public-network", "192.168.0.34"],
    ]);
  });

  it("writes the network of every host that it configures, each interface found by its NIC's hardware address", () => {
    const { pools, nameservers, replaces } = box.hostNetworks;
    assert.deepEqual([nameservers, replaces], [[], []]);
    const written = pools.flatMap((pool) => box.pools[pool]?.members ?? []);
    const configured = Object.values(box.hosts).filter(({ connection }) => connection !== undefined);
    assert.deepEqual(written.toSorted(), configured.map(({ name }) => name).sort());
    // The NICs of the lab: 02:67, and the four numbers of the address.
    for (const { addresses, macAddresses } of configured) {
      for (const [network, address] of Object.entries(addresses)) {
        const numbers = address.split(".").map((number) => Number(number).toString(16).padStart(2, "0"));
        assert.equal(macAddresses?.[network], `02:67:${numbers.join(":")}`);
      }
    }
    const ways = configured.map(({ name, defaultGateway }) => [name, defaultGateway ?? ""] as const);
    assert.deepEqual(new Set(ways.filter(([name]) => name.startsWith("gateway")).map(([, via]) => via)), new Set(["192.168.2.254"])); // prettier-ignore
    assert.deepEqual(ways.filter(([, via]) => via === "").map(([name]) => name), ["webserver-1", "webserver-2"]); // prettier-ignore
  });

  it("warns of nothing", () => {
    assert.deepEqual(box.warnings, []);
  });

  it("is plain data: it survives JSON", () => {
    assert.deepEqual(JSON.parse(JSON.stringify(box)), box);
  });

  it("names the documents' mistakes in its comments", () => {
    const comments = wholeProtoboxText.split("\n").filter((line) => line.trim().startsWith("#"));
    for (const mistake of ["arogcd", "{{ app.v-admin.port }}", "30164", "NodeIP", "cluster-gateway", "MASTER"]) {
      assert.ok(
        comments.some((line) => line.includes(mistake)),
        `no comment names ${mistake}`,
      );
    }
  });
});
