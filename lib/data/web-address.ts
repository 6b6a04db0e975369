import { lookup } from "node:dns";
import { BlockList, isIP } from "node:net";
import type { LookupFunction } from "node:net";
import { DataError } from "../core/errors.js";

/** Addresses of this machine, of its network and of links: nothing that is published lies there. */
const privateRanges = new BlockList();
for (const [net, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 3],
] as const) {
  privateRanges.addSubnet(net, prefix, "ipv4");
}
for (const [net, prefix] of [
  ["::", 127],
  ["64:ff9b::", 96],
  ["fc00::", 7],
  ["fe80::", 10],
  ["ff00::", 8],
] as const) {
  privateRanges.addSubnet(net, prefix, "ipv6");
}

/** Whether an IP address is of this machine or its network; an IPv4 address inside an IPv6 one counts as itself. */
export function isPrivateAddress(address: string): boolean {
  const inner = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
  const family = isIP(inner);
  return family === 0 || privateRanges.check(inner, family === 4 ? "ipv4" : "ipv6");
}

/**
 * Hold an address to what may be fetched: https or http, and no machine of the own network unless that is allowed.
 *
 * A name is looked at again when it is resolved: see {@link guardedLookup}.
 *
 * @throws DataError when it is no address, of another scheme, or private and that was not allowed.
 */
export function checkAddress(address: string, { allowPrivate }: { readonly allowPrivate: boolean }): URL {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url === null) throw new DataError(`checkAddress: "${address}" is no address; give one that starts with https://`);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const isWeb = url.protocol === "https:" || url.protocol === "http:";
  if (!isWeb && url.protocol !== "file:") {
    throw new DataError(`checkAddress: ${withoutSecrets(url)} is of the scheme ${url.protocol}; only https:, http: and file: are fetched`);
  }
  const isPrivate = !isWeb || host === "localhost" || host.endsWith(".localhost") || (isIP(host) !== 0 && isPrivateAddress(host));
  if (isPrivate && !allowPrivate) throw new DataError(refusal(withoutSecrets(url)));
  return url;
}

/** An address as it may be shown: without user, password, query and fragment, where tokens hide. */
export function withoutSecrets(url: URL): string {
  return url.protocol === "file:" ? url.href : `${url.origin}${url.pathname}`;
}

/** Resolves names, and refuses those that lead to this machine or its network: a public name may point there. */
export const guardedLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) {
      callback(error, "");
      return;
    }
    const bad = addresses.find(({ address }) => isPrivateAddress(address));
    if (bad) callback(new DataError(refusal(`${hostname} (${bad.address})`)), "");
    else if (options.all === true) callback(null, addresses);
    else callback(null, addresses[0].address, addresses[0].family);
  });
};

function refusal(what: string): string {
  return `checkAddress: ${what} is on this machine or its network, and nothing is fetched from there unless --allow-private says so`;
}
