/** What stops cloud-init, which else writes the network of a host anew at every boot. For cloud-init 20.1 and newer. */

/**
 * Where cloud-init reads {@link cloudInitConf}. Of the files there the last in the alphabet has its say; `99-` is what installers
 * take.
 */
export const cloudInitFile = "/etc/cloud/cloud.cfg.d/zz-gatebox-network.cfg";

/**
 * Has cloud-init leave the network alone: it neither writes the files again that are set aside, nor gives a NIC the name that
 * it had on the day of its installation. All else that it does goes on. A host without cloud-init has the file as well: one day
 * it may get it.
 */
export const cloudInitConf = `# Gatebox writes the network of this host: cloud-init leaves it alone
network:
  config: disabled
# Not by a NIC that appears, either.
updates:
  network:
    when: [boot-new-instance]
`;
