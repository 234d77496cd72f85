import { defineAsyncComponent, shallowRef, type Component } from 'vue';

/**
 * What keeps a page from being opened: the API does not answer (`away`), or it answers and has no such file (`gone`),
 * as after an upgrade.
 */
export const hindrance = shallowRef<'away' | 'gone' | null>(null);

const AGAIN_MS = 2_000;
/** The address for which the console was loaded anew, so that one which lacks the same file is not loaded for ever. */
const RENEWED = 'understudy.renewed';

interface KeepLoadingOptions {
  /** Whether it is still asked for; once it is not, no answer ever comes. */
  isWanted?: () => boolean;
  onAway?: () => void;
  onGone?: () => void;
}

/** Loads a file of the console; while the API is away, until it is back. */
export async function keepLoading<T>(
  load: () => Promise<T>,
  { isWanted = () => true, onAway, onGone = () => (hindrance.value = 'gone') }: KeepLoadingOptions = {},
): Promise<T> {
  for (let isThere = false; isWanted();) {
    try {
      return await load();
    } catch {
      if (isThere) onGone();
    }
    // Where the API answers it may just have come back: only what fails once more is gone.
    const wasThere = isThere;
    isThere = await isApiThere();
    if (!isThere) onAway?.();
    if (!isThere || wasThere) await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
  return new Promise(() => {});
}

async function isApiThere(): Promise<boolean> {
  try {
    return (await fetch('/healthz', { cache: 'no-store' })).ok;
  } catch {
    return false;
  }
}

/** A part of a page that is loaded when it is first shown. `meanwhile` keeps its place. */
export function loadLater<T extends Component>(
  load: () => Promise<{ default: T }>,
  meanwhile?: Component,
): T {
  return defineAsyncComponent<T>({
    loader: () => keepLoading(load),
    ...(meanwhile && { loadingComponent: meanwhile, delay: 0 }),
  });
}

/** Loads a page that somebody goes to; one that is gone is opened in the console that there is now. */
export async function loadPage<T>(
  load: () => Promise<T>,
  { address, isWanted }: { address: string; isWanted: () => boolean },
): Promise<T> {
  const page = await keepLoading(load, {
    isWanted,
    onAway: () => (hindrance.value = 'away'),
    onGone: () => renew(address),
  });
  sessionStorage.removeItem(RENEWED);
  return page;
}

function renew(address: string) {
  if (sessionStorage.getItem(RENEWED) === address) {
    hindrance.value = 'gone';
    return;
  }
  sessionStorage.setItem(RENEWED, address);
  const { pathname, search, hash } = location;
  // To go to where one is would load nothing if it has a hash.
  if (address === pathname + search + hash) location.reload();
  else location.assign(address);
}
