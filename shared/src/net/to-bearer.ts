/** The value of a bearer token in an `Authorization` header; null where there is none. */
export function toBearer(authorization: string | undefined): string | null {
  return /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? null;
}
