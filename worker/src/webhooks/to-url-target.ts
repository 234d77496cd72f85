const MAX_ORIGIN_CHARACTERS = 300;

/** Jobs of one client that name the same host take turns at it; another client's are another's. */
export function toUrlTarget(client: string, url: string): string {
  return `url:${client}:${(URL.parse(url)?.origin ?? '').slice(0, MAX_ORIGIN_CHARACTERS)}`;
}
