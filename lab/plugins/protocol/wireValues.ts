/**
 * Property values as Pulumi sends them over gRPC: JSON, in which secrets, assets and unknown values are marked by
 * signatures.
 *
 * The signatures are constants of the protocol (Pulumi's Go SDK, `sdk/go/common/resource/sig` and `UnknownStringValue`).
 */

/** A value of the protocol's `google.protobuf.Struct`. */
export type WireValue = null | boolean | number | string | WireValue[] | WireObject;
/** Properties of a resource, by name. */
export interface WireObject {
  [property: string]: WireValue;
}

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const ASSET = "c44067f5952c0a294b673a41bacd8c17";
const ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

/** What stands for a value that is not known yet, in a preview. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** An unknown value that will be secret. */
const secretUnknown = (): WireObject => ({ [SIGNATURE]: OUTPUT, secret: true });

export function isObject(value: WireValue | undefined): value is WireObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const signed = (value: WireObject, signature: string): boolean => value[SIGNATURE] === signature;

export const isSecret = (value: WireValue | undefined): boolean =>
  isObject(value) && (signed(value, SECRET) || (signed(value, OUTPUT) && value["secret"] === true));
export const isAsset = (value: WireValue | undefined): value is WireObject => isObject(value) && signed(value, ASSET);
export const isArchive = (value: WireValue | undefined): value is WireObject =>
  isObject(value) && signed(value, ARCHIVE);
/** Whether this very value is unknown; a list with an unknown element is not. */
export const isUnknown = (value: WireValue | undefined): boolean =>
  value === UNKNOWN || (isObject(value) && signed(value, OUTPUT) && value["value"] === undefined);

/** Marks a value as secret, once. */
export function secret(value: WireValue): WireValue {
  if (isSecret(value)) return value;
  return isUnknown(value) ? secretUnknown() : { [SIGNATURE]: SECRET, value };
}

/** The value inside one secret mark, if there is one; an unknown secret becomes {@link UNKNOWN}. */
export function unwrap(value: WireValue): WireValue {
  if (isUnknown(value)) return UNKNOWN;
  if (!isObject(value)) return value;
  return signed(value, SECRET) || signed(value, OUTPUT) ? (value["value"] ?? null) : value;
}

/** An asset of a file on this machine. */
export const fileAsset = (path: string, hash: string): WireObject => ({
  [SIGNATURE]: ASSET,
  hash,
  path,
  text: "",
  uri: "",
});

/** An archive of the given assets, by their paths in it. */
export const assetArchive = (assets: WireObject, hash: string): WireObject => ({
  [SIGNATURE]: ARCHIVE,
  assets,
  hash,
  path: "",
  uri: "",
});

function mapValues(object: WireObject, change: (value: WireValue) => WireValue): WireObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}

/**
 * One form for equal values: output values become plain, secret or unknown ones, an unknown inside a secret mark becomes
 * a secret unknown, and `null` properties go, as they mean the same as absent ones.
 */
export function canonical(value: WireValue): WireValue {
  if (Array.isArray(value)) return value.map(canonical);
  if (!isObject(value)) return value;
  if (signed(value, SECRET)) return secret(canonical(value["value"] ?? null));
  if (signed(value, OUTPUT)) {
    const known = value["value"] === undefined ? UNKNOWN : canonical(value["value"]);
    return value["secret"] === true ? secret(known) : known;
  }
  return canonicalObject(value);
}

/** {@link canonical} for the properties of a resource. */
export function canonicalObject(properties: WireObject): WireObject {
  return mapValues(Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== null)), canonical);
}

/** The value without any secret marks, at any depth: for use inside the provider, never for an answer. */
export function reveal(value: WireValue): WireValue {
  const bare = unwrap(value);
  if (Array.isArray(bare)) return bare.map(reveal);
  return isObject(bare) ? mapValues(bare, reveal) : bare;
}

/** The fields that an asset or archive always has in the answers of a provider. */
const assetFields: Record<string, WireObject> = {
  [ASSET]: { hash: "", path: "", text: "", uri: "" },
  [ARCHIVE]: { assets: {}, hash: "", path: "", uri: "" },
};

function changeAssets(value: WireValue, change: (asset: WireObject, fields: WireObject) => WireObject): WireValue {
  if (Array.isArray(value)) return value.map((element) => changeAssets(element, change));
  if (!isObject(value)) return value;
  const inner = mapValues(value, (element) => changeAssets(element, change));
  const signature = value[SIGNATURE];
  const fields = typeof signature === "string" ? assetFields[signature] : undefined;
  return fields === undefined ? inner : change(inner, fields);
}

/** Fills in the missing fields of every asset and archive in a value. */
export const completeAssets = (value: WireValue): WireValue =>
  changeAssets(value, (asset, fields) => ({ ...fields, ...asset }));

/** The opposite of {@link completeAssets}: leaves out empty fields. */
export const compactAssets = (value: WireValue): WireValue =>
  changeAssets(value, (asset) => {
    const isEmpty = (field: WireValue) => field === "" || (isObject(field) && Object.keys(field).length === 0);
    return Object.fromEntries(Object.entries(asset).filter(([, field]) => !isEmpty(field)));
  });
