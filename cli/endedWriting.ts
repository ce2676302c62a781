/** Ends the process when all is written: a name server or a socket that says nothing would hold it for minutes. */
export async function endedWriting(): Promise<void> {
  for (const stream of [process.stdout, process.stderr])
    await new Promise((resolve) => stream.write("", () => resolve(undefined)));
  // Only if something still holds it.
  setTimeout(() => process.exit(), 100).unref();
}
