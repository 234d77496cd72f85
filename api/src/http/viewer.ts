import type { Actor } from '@understudy/shared/store/audit/model';
import type { Scope } from '@understudy/shared/contracts/scope';

/** Who makes a request. */
export interface Viewer {
  client: string;
  scopes: readonly Scope[];
  /** Who the audit log names. */
  actor: Actor;
  /** When the token or session ends; null for a token without expiry. */
  expiresAt: Date | null;
  /** How much the token may ask, or the session's token; null for no limit. */
  requestsPerMinute: number | null;
}

/** The viewer of a public route, who may do nothing. */
export const ANONYMOUS: Viewer = {
  client: '',
  scopes: [],
  actor: { tokenId: null, name: 'anonymous' },
  expiresAt: null,
  requestsPerMinute: null,
};

/** The client whose jobs the viewer sees, or null for an administrator, who sees all. */
export function toVisibleClient(viewer: Viewer): string | null {
  return viewer.scopes.includes('admin') ? null : viewer.client;
}
