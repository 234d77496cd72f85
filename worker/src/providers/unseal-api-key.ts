import { createHash } from 'node:crypto';
import type { KeyRing } from '@understudy/shared/secrets/key-ring';
import { tryOpen } from '@understudy/shared/secrets/try-open';
import { toApiKeyPlace, type ProviderDocument } from '@understudy/shared/store/providers/model';

/** A provider's key in the clear, null where it has none; or why it does not open. */
export type OpenedKey = { ok: true; value: string | null } | { ok: false; message: string };

export function unsealApiKey({ _id, apiKey }: ProviderDocument, keyRing: KeyRing): OpenedKey {
  return apiKey === null ? { ok: true, value: null } : tryOpen(keyRing, apiKey, toApiKeyPlace(_id));
}

/** Stays the same where the same key lies in another envelope, as after a rotation of the master keys. */
export function toKeyMark(opened: OpenedKey, { apiKey }: ProviderDocument): string | null {
  if (!opened.ok) return `locked ${apiKey?.wrappedKey ?? ''}`;
  return opened.value === null ? null : createHash('sha256').update(opened.value).digest('base64');
}
