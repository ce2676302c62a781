/** Where things of GitLab are on its host. */

/** The assembly. */
export const gitlabAssemblyName = "gitlab";

/** Where `gitlab.rb` reads secrets from: beside itself, root's alone, so that they are in each backup of the configuration. */
const secretPlace = "/etc/gitlab/gatebox";

/** The files of the secrets that `gitlab.rb` reads. */
export const gitlabSecretPlaces = {
  rootPassword: `${secretPlace}/root-password`,
  smtpPassword: `${secretPlace}/smtp-password`,
} as const;
