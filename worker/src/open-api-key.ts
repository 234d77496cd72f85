import { createHash } from 'node:crypto';
import type { KeyRing } from '@understudy/shared/secrets/key-ring';
import { SecretError } from '@understudy/shared/secrets/secret-error';
import { toApiKeyPlace, type ProviderDocument } from '@understudy/shared/store/providers/model';

/** A provider's key in the clear, or why it does not open. */
export type OpenedKey = { ok: true; apiKey: string | null } | { ok: false; message: string };

export function openApiKey({ _id, apiKey }: ProviderDocument, keyRing: KeyRing): OpenedKey {
  try {
    return { ok: true, apiKey: apiKey === null ? null : keyRing.decrypt(apiKey, toApiKeyPlace(_id)) };
  } catch (error) {
    if (!(error instanceof SecretError)) throw error;
    return { ok: false, message: error.message };
  }
}

/** Stays the same where the same key lies in another envelope, as after a rotation of the master keys. */
export function toKeyMark(opened: OpenedKey, { apiKey }: ProviderDocument): string | null {
  if (!opened.ok) return `locked ${apiKey?.wrappedKey ?? ''}`;
  return opened.apiKey === null ? null : createHash('sha256').update(opened.apiKey).digest('base64');
}
