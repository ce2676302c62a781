/** What brings containerd, and what it starts containers and their network with, in Debian. */
export const packagesOfDebian: readonly string[] = ["containerd", "runc", "containernetworking-plugins"];
