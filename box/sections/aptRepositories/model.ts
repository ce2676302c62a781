/** Repositories of packages, as the model has them. */

/** A repository of Debian packages, beside those that a host knows of itself. */
export interface AptRepository {
  readonly name: string;
  /** Of http or https, without a slash at its end. */
  readonly url: string;
  /** A directory, with a slash at its end, where it has no components. */
  readonly suite: string;
  readonly components: readonly string[];
  /** The OpenPGP public key that its lists are signed with, in one block of ASCII armor. */
  readonly key: string;
}
