import assert from "node:assert/strict";
import { once } from "node:events";
import { clients, credentials, toolHosts, toolsBox, toolsSandbox } from "./sampleTools.ts";
import type { Sandbox } from "./sandbox/sandbox.ts";

/** The real nginx, small tools, and a stand-in for oauth2-proxy. */
describe("render: tools behind an OIDC proxy", function () {
  this.timeout(120_000);
  let host: Sandbox;

  const curl = (path: string, more = ""): string =>
    host.run(`curl -sk -m 10 ${more} https://192.168.0.30${path}`, clients).stdout;
  const answer = (path: string, more = ""): string =>
    curl(path, `-o /dev/null -w '%{http_code} %{redirect_url}' ${more}`);
  const signedIn = "-b 'session=sound; other=1'";

  beforeEach(async () => {
    host = await toolsSandbox(
      toolsBox({ oidcProxy: { address: "192.168.2.14" }, prometheus: {}, grafana: { auth: "oidc" } }),
    );
    await host.serve("prometheus", "192.168.2.14", 9090, toolHosts);
    await host.serve("grafana", "192.168.2.14", 3000, toolHosts);
    const proxy = host.startNode("signIn.ts", ["192.168.2.14", "4180"], toolHosts);
    if (proxy.stdout) await once(proxy.stdout, "data");
  });
  afterEach(() => host.remove());

  it("let in whom it knows, and tell the tool who that is; the session is the proxy's alone", () => {
    const { headers } = JSON.parse(curl("/prometheus/graph", `${signedIn} -H 'Authorization: Basic ${credentials}' -H 'X-Forwarded-User: root'`)) as { headers: Record<string, string> }; // prettier-ignore
    assert.equal(headers["x-forwarded-user"], "ada");
    assert.deepEqual([headers["cookie"], headers["authorization"]], [undefined, undefined]);
    const put = curl("/prometheus/graph", `${signedIn} -i -o - -s`);
    assert.match(put, /^set-cookie: session=sound; Path=\/\r?$/im);
    const live = curl("/grafana/d/x", signedIn);
    assert.match(live, /"cookie":"session=sound; other=1"/);
  });

  it("send everybody else to log in, and back", () => {
    for (const more of ["", "-b session=forged", `-H 'Authorization: Basic ${credentials}'`, "-X POST -d a=b"])
      assert.equal(
        answer("/prometheus/graph?a=b", more),
        "302 https://192.168.0.30/oauth2/start?rd=/prometheus/graph?a=b",
      );
    const page = curl("/oauth2/start?rd=/prometheus/", "-i");
    assert.match(page, /"url":"\/oauth2\/start\?rd=\/prometheus\/"/);
    // For all tools, not for the proxy's own pages alone.
    assert.match(page, /^set-cookie: session=new; Path=\/\r?$/im);
    assert.match(answer("/kibana/../prometheus/", "--path-as-is"), /^404/);
    assert.match(answer("/-/tools/signed-in", signedIn), /^404/);
  });

  it("let nobody in while it does not answer", () => {
    host.run("pkill -KILL -f signIn.ts");
    assert.match(answer("/prometheus/", signedIn), /^500/);
    assert.match(answer("/grafana/", signedIn), /^500/);
  });
});
