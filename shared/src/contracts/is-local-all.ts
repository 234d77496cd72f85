import type { ProviderType } from './provider.ts';

/** Whether `local` is the only provider that is enabled, if any is: then its answers are all that anybody asked for. */
export function isLocalAll(providers: readonly { type: ProviderType; enabled: boolean }[]): boolean {
  return !providers.some(({ type, enabled }) => enabled && type !== 'local');
}
