const CODES: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'the name is not known',
  EAI_AGAIN: 'the name could not be looked up',
  ETIMEDOUT: 'no answer in time',
  EHOSTUNREACH: 'no way leads there',
  ECONNRESET: 'the connection was cut',
};

/** Why a connection failed, in few words. */
export function toReason(error: unknown): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const known = Object.keys(CODES).find((code) => String(cause).includes(code));
    if (known) return CODES[known] ?? known;
  }
  return error instanceof Error ? toLine(error.message) : 'no answer in time';
}

/** One line, without what an address may hold. */
export function toLine(message: string): string {
  return message
    .replaceAll(/\/\/\S*@/g, '//')
    .replaceAll(/\s+/g, ' ')
    .slice(0, 200);
}

const UNITS: [bytes: number, unit: string][] = [
  [2 ** 40, 'TiB'],
  [2 ** 30, 'GiB'],
  [2 ** 20, 'MiB'],
  [2 ** 10, 'KiB'],
];

/** A size for a person. */
export function toSize(bytes: number): string {
  const [size, unit] = UNITS.find(([least]) => bytes >= least) ?? [1, 'B'];
  return `${Number((bytes / size).toPrecision(3))} ${unit}`;
}

/** How long, for a person. */
export function toDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${Number((ms / 1_000).toPrecision(3))} s`;
  return `${Math.round(ms / 60_000)} min`;
}
