import { isAddress, addressText, rangeOf } from "../../box/ipv4.ts";
import { address, address6, cidr, name, port, prefix6 } from "../../box/schema/scalars.ts";

/** What `init` must know, each as one line. */
export type Key =
  | "public"
  | "gateway"
  | "box"
  | "webservers"
  | "webserversInside"
  | "gateways"
  | "gatewaysInside"
  | "virtualIp"
  | "serverNames"
  | "user"
  | "from"
  | "knownHosts"
  | "service"
  | "port"
  | "namespace";

/** The answers so far. */
export type Answers = Partial<Readonly<Record<Key, string>>>;

/** One question, and the flag that answers it. */
export interface Question {
  readonly key: Key;
  readonly flag: string;
  /** What is asked. */
  readonly text: string;
  /** The answer of whoever has none, by the answers to the questions before. */
  readonly suggestion: (answers: Answers) => string;
  /** What is wrong with an answer by itself, to end a sentence that begins with it. */
  readonly faultOf?: (answer: string) => string | undefined;
  /** Whether it is asked at all. */
  readonly isAsked?: (answers: Answers) => boolean;
}

/** The parts of an answer that is a list. */
export function listOf(answer: string | undefined): string[] {
  return (answer ?? "").split(/[\s,]+/).filter((part) => part !== "");
}

interface Schema {
  safeParse(value: unknown): {
    readonly error?: { readonly issues: readonly { readonly message: string }[] } | undefined;
  };
}

const faultBy =
  (schema: Schema) =>
  (answer: unknown): string | undefined =>
    schema.safeParse(answer).error?.issues[0]?.message;

const faultOfAddresses = (answer: string): string | undefined =>
  listOf(answer).length === 0
    ? "names none: write one address for each host"
    : listOf(answer)
        .map(faultBy(address))
        .find((fault) => fault !== undefined);

const faultOfSources = (answer: string): string | undefined =>
  listOf(answer)
    .map((source) => {
      const isOne = [address, cidr, address6, prefix6].some((schema) => faultBy(schema)(source) === undefined);
      return isOne ? undefined : "is neither an address nor a network such as 192.0.2.0/24";
    })
    .find((fault) => fault !== undefined);

/** Some addresses of a network, counted from its beginning; none of what is no network. */
function addressesOf(network: string | undefined, ...numbers: readonly number[]): string {
  if (network === undefined || faultBy(cidr)(network) !== undefined) return "";
  const { first } = rangeOf(network);
  return numbers.map((number) => addressText(first + number)).join(", ");
}

const hasService = ({ service = "" }: Answers): boolean => service !== "";

/** Every question, in order. */
export const questions: readonly Question[] = [
  network("public", "Network that clients come from", "192.168.0.0/24"),
  network("gateway", "Network between the web servers and the gateways", "192.168.2.0/24"),
  network("box", "Network of the cluster, behind the gateways", "192.168.1.0/24"),
  {
    key: "webservers",
    flag: "webservers",
    text: "Addresses of the web servers on the clients' network, one for each",
    suggestion: (answers) => addressesOf(answers.public, 11, 12),
    faultOf: faultOfAddresses,
  },
  {
    key: "webserversInside",
    flag: "webservers-inside",
    text: "Their addresses on the network of the gateways, in the same order",
    suggestion: (answers) => addressesOf(answers.gateway, ...count(answers.webservers, 11)),
    faultOf: faultOfAddresses,
  },
  {
    key: "gateways",
    flag: "gateways",
    text: "Addresses of the gateways on the network of the web servers, one for each",
    suggestion: (answers) => addressesOf(answers.gateway, 21, 22, 23),
    faultOf: faultOfAddresses,
  },
  {
    key: "gatewaysInside",
    flag: "gateways-inside",
    text: "Their addresses on the cluster's network, in the same order",
    suggestion: (answers) => addressesOf(answers.box, ...count(answers.gateways, 21)),
    faultOf: faultOfAddresses,
  },
  {
    key: "virtualIp",
    flag: "virtual-ip",
    text: "Address that moves between the web servers, for clients (- for none)",
    suggestion: (answers) => addressesOf(answers.public, 10),
    faultOf: (answer) => (answer === "-" ? undefined : faultBy(address)(answer)),
  },
  {
    key: "serverNames",
    flag: "server-names",
    text: "Host names that clients ask for (none: every name is served)",
    suggestion: () => "",
  },
  { key: "user", flag: "user", text: "User that SSH logs in as: root, or one with sudo", suggestion: () => "root" },
  {
    key: "from",
    flag: "from",
    text: "Addresses or networks that you come from by SSH (none: it is open to everybody)",
    suggestion: () => "",
    faultOf: faultOfSources,
  },
  {
    key: "knownHosts",
    flag: "known-hosts",
    text: "File with the public host keys, as ssh-keyscan writes them",
    suggestion: () => "known_hosts",
  },
  {
    key: "service",
    flag: "service",
    text: "Name of a first service of the cluster to expose (none: later)",
    suggestion: () => "",
    faultOf: (answer) => (answer === "" ? undefined : faultBy(name)(answer)),
  },
  {
    key: "port",
    flag: "port",
    text: "Its port, 30000 to 32767",
    suggestion: () => "30160",
    faultOf: (answer) => faultBy(port)(Number(answer)),
    isAsked: hasService,
  },
  {
    key: "namespace",
    flag: "namespace",
    text: "Namespace of its pods",
    suggestion: ({ service = "" }) => service,
    faultOf: faultBy(name),
    isAsked: hasService,
  },
];

function network(key: "public" | "gateway" | "box", text: string, example: string): Question {
  return { key, flag: `${key}-network`, text, suggestion: () => example, faultOf: faultBy(cidr) };
}

/** As many numbers as a list has addresses. */
function count(list: string | undefined, from: number): number[] {
  return listOf(list)
    .filter(isAddress)
    .map((_, index) => from + index);
}
