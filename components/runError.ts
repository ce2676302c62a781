import * as pulumi from "@pulumi/pulumi";
import { BoxError } from "../box/index.ts";

/**
 * Looks something up in a box's model. Violations in what a person has written end the program with their message alone: a
 * stack trace of this library would help nobody.
 *
 * @throws pulumi.RunError in place of a BoxError.
 */
export function orRunError<T>(find: () => T): T {
  try {
    return find();
  } catch (error) {
    if (error instanceof BoxError) throw new pulumi.RunError(error.message);
    throw error;
  }
}
