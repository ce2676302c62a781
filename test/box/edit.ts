/** Changes to a configuration: by path, the new value, or `undefined` to take the key out. */
export type Changes = Readonly<Record<string, unknown>>;

/** Makes changes in place. Steps of a path are parted by dots; mappings on the way are made when they are not there. */
export function edit(values: Record<string, unknown>, changes: Changes): Record<string, unknown> {
  for (const [path, value] of Object.entries(changes)) {
    const steps = path.split(".");
    const last = steps.pop() ?? "";
    let target = values;
    for (const step of steps) target = (target[step] ??= {}) as Record<string, unknown>;
    if (value === undefined) Reflect.deleteProperty(target, last);
    else target[last] = value;
  }
  return values;
}
