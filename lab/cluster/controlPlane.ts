/** API server, controller manager and scheduler on a master. */
import type { LabHost } from "../inventory.ts";
import type { Lab } from "../state.ts";
import { ETCD_FILES } from "./etcd.ts";
import type { HostFile, HostService } from "./hostServices.ts";
import { kubeconfig } from "./kubeconfig.ts";
import { certificate, certificateAuthority, serviceAccounts, type KeyPair } from "./pki.ts";
import {
  API_NAME,
  API_PORT,
  API_SERVICE_ADDRESS,
  API_VIP,
  clusterAddress,
  MASTERS,
  POD_CIDR,
  SERVICE_CIDR,
} from "./topology.ts";
import { daemonUnit, PROGRAMS } from "./unitFile.ts";

const DIRECTORY = "/etc/kubernetes";

/** The services of one master, in the order in which they are to be started. */
export async function controlPlane(lab: Lab, master: LabHost, masters: readonly LabHost[]): Promise<HostService[]> {
  const elect = masters.length > 1;
  return [
    await apiServerService(lab, master),
    await client(lab, master, "kube-controller-manager", [
      ...leadership(elect),
      "--use-service-account-credentials",
      `--cluster-cidr=${POD_CIDR}`,
      `--service-cluster-ip-range=${SERVICE_CIDR}`,
      // Every node's network of pods is fixed in its own configuration.
      "--allocate-node-cidrs=false",
      `--root-ca-file=${DIRECTORY}/ca.pem`,
      `--service-account-private-key-file=${DIRECTORY}/service-accounts-key.pem`,
    ]),
    await client(lab, master, "kube-scheduler", leadership(elect)),
  ];
}

/** A master that is alone writes no lease every two seconds. */
function leadership(elect: boolean): readonly string[] {
  return [`--leader-elect=${elect}`];
}

async function apiServerService(lab: Lab, master: LabHost): Promise<HostService> {
  const unit = "kube-apiserver.service";
  const address = clusterAddress(master);
  const own = await certificate(lab, "kube-apiserver", {
    commonName: "kube-apiserver",
    reachedAt: [
      ...MASTERS.flatMap((each) => [clusterAddress(each), each.name]),
      ...[API_VIP, API_NAME, API_SERVICE_ADDRESS, "127.0.0.1", "localhost"],
      ...["kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local"],
    ],
  });
  const toKubelets = await certificate(lab, "kube-apiserver-kubelet", {
    commonName: "kube-apiserver-kubelet",
    organization: "system:masters",
  });
  const path = (name: string): string => `${DIRECTORY}/${name}`;
  return {
    unit,
    files: [
      daemonUnit({
        unit,
        description: "Kubernetes API server",
        after: ["lab-etcd.service"],
        command: [
          `${PROGRAMS}/kube-apiserver`,
          `--advertise-address=${address}`,
          `--secure-port=${API_PORT}`,
          `--etcd-servers=https://${address}:2379`,
          `--etcd-cafile=${ETCD_FILES.authority}`,
          `--etcd-certfile=${ETCD_FILES.certificate}`,
          `--etcd-keyfile=${ETCD_FILES.key}`,
          `--client-ca-file=${path("ca.pem")}`,
          `--tls-cert-file=${path("kube-apiserver.pem")}`,
          `--tls-private-key-file=${path("kube-apiserver-key.pem")}`,
          `--kubelet-certificate-authority=${path("ca.pem")}`,
          `--kubelet-client-certificate=${path("kubelet-client.pem")}`,
          `--kubelet-client-key=${path("kubelet-client-key.pem")}`,
          "--kubelet-preferred-address-types=InternalIP",
          // No aggregator speaks for users here; its name is in no certificate. Unset, every client program complains for ever.
          `--requestheader-client-ca-file=${path("ca.pem")}`,
          "--requestheader-allowed-names=front-proxy-client",
          "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
          `--service-account-key-file=${path("service-accounts.pem")}`,
          `--service-account-signing-key-file=${path("service-accounts-key.pem")}`,
          `--service-cluster-ip-range=${SERVICE_CIDR}`,
          "--authorization-mode=Node,RBAC",
          "--enable-admission-plugins=NodeRestriction",
          "--profiling=false",
        ],
      }),
      ...(await shared(lab)),
      ...pair("kube-apiserver", own),
      ...pair("kubelet-client", toKubelets),
    ],
  };
}

/** The two programs that work for the API server and speak to that of their own master only. */
async function client(
  lab: Lab,
  master: LabHost,
  program: "kube-controller-manager" | "kube-scheduler",
  options: readonly string[],
): Promise<HostService> {
  const unit = `${program}.service`;
  const configuration = `${DIRECTORY}/${program}.kubeconfig`;
  const authority = await certificateAuthority(lab);
  const own = await certificate(lab, program, { commonName: `system:${program}` });
  const server = `https://${clusterAddress(master)}:${API_PORT}`;
  return {
    unit,
    files: [
      daemonUnit({
        unit,
        description: `Kubernetes ${program.replace("kube-", "").replace("-", " ")}`,
        after: ["kube-apiserver.service"],
        type: "exec",
        command: [
          `${PROGRAMS}/${program}`,
          `--kubeconfig=${configuration}`,
          `--authentication-kubeconfig=${configuration}`,
          `--authorization-kubeconfig=${configuration}`,
          "--bind-address=127.0.0.1",
          "--profiling=false",
          ...options,
        ],
      }),
      ...(await shared(lab)),
      {
        path: configuration,
        content: kubeconfig({ server, authority: authority.certificate, client: own }),
        mode: 0o600,
      },
    ],
  };
}

async function shared(lab: Lab): Promise<readonly HostFile[]> {
  return [
    { path: `${DIRECTORY}/ca.pem`, content: (await certificateAuthority(lab)).certificate },
    ...pair("service-accounts", await serviceAccounts(lab)),
  ];
}

function pair(name: string, { certificate, key }: KeyPair): readonly HostFile[] {
  return [
    { path: `${DIRECTORY}/${name}.pem`, content: certificate },
    { path: `${DIRECTORY}/${name}-key.pem`, content: key, mode: 0o600 },
  ];
}
