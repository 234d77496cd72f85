import type { Request } from 'express';

export interface SessionCookie {
  read(req: Request): string | null;
  /** `Set-Cookie` that signs in until `expiresAt`. */
  toHeader(value: string, expiresAt: Date): string;
  /** `Set-Cookie` that signs out. */
  toClearingHeader(): string;
}

/** The console's cookie: not for scripts, not for other sites; where the console is on https, for https only. */
export function createSessionCookie({ secure }: { secure: boolean }): SessionCookie {
  const name = secure ? '__Host-understudy' : 'understudy_session';
  const attributes = `Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
  return {
    read(req) {
      for (const pair of req.headers.cookie?.split(';') ?? []) {
        const [key, value] = pair.split('=', 2);
        if (key?.trim() === name && value) return value.trim();
      }
      return null;
    },
    toHeader: (value, expiresAt) => `${name}=${value}; ${attributes}; Expires=${expiresAt.toUTCString()}`,
    toClearingHeader: () => `${name}=; ${attributes}; Max-Age=0`,
  };
}
