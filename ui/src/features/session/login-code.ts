interface Address {
  pathname: string;
  search: string;
  hash: string;
}

/**
 * Takes the one-time code out of a login link's hash and out of the address bar with it, so that it is neither
 * bookmarked, shared nor left in the history. Null where the address has none.
 */
export function takeLoginCode(
  address: Address,
  history: Pick<History, 'state' | 'replaceState'>,
): string | null {
  // Read before the address changes: a `Location` is live.
  const code = address.hash.slice(1);
  if (code === '') return null;
  history.replaceState(history.state, '', address.pathname + address.search);
  try {
    return decodeURIComponent(code);
  } catch {
    return code;
  }
}
