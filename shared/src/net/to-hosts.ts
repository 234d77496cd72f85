/** The servers that a store's address names, without user and password. */
export function toHosts(uri: string): string {
  const [, hosts] = /^[a-z+]+:\/\/(?:[^?]*@)?([^/?]+)/.exec(uri) ?? [];
  return hosts ?? 'its address';
}
