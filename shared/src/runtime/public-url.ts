/** Where people find the console, without a slash at its end: PUBLIC_URL, or else where the API listens. */
export function toPublicUrl(
  { PUBLIC_URL, HOST }: { PUBLIC_URL?: string | undefined; HOST: string },
  port: number,
): string {
  return (PUBLIC_URL ?? `http://${toUrlHost(HOST)}:${port}`).replace(/\/+$/, '');
}

/** A host as it stands in an address: IPv6 in brackets. */
export function toUrlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
