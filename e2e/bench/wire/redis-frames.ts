const CR_LF = '\r\n';
const AGGREGATES = new Set(['*', '%', '~', '>']);
const BULKS = new Set(['$', '=', '!']);

/** Cuts a stream of Redis's protocol (https://redis.io/docs/latest/develop/reference/protocol-spec/) into whole values. */
export function createRedisReader(): (chunk: Buffer) => Buffer[] {
  let rest = Buffer.alloc(0);
  return (chunk) => {
    rest = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    const values: Buffer[] = [];
    for (let end = findEnd(rest, 0); end > 0; end = findEnd(rest, 0)) {
      values.push(rest.subarray(0, end));
      rest = rest.subarray(end);
    }
    return values;
  };
}

/** Where the value that begins at `at` ends; 0 where it is not whole yet. */
function findEnd(buffer: Buffer, at: number): number {
  const lineEnd = buffer.indexOf(CR_LF, at);
  if (lineEnd < 0) return 0;
  const type = String.fromCharCode(buffer[at] ?? 0);
  const next = lineEnd + CR_LF.length;
  if (BULKS.has(type)) {
    const length = Number(buffer.toString('latin1', at + 1, lineEnd));
    const end = length < 0 ? next : next + length + CR_LF.length;
    return end <= buffer.length ? end : 0;
  }
  if (!AGGREGATES.has(type)) return next;
  const count = Number(buffer.toString('latin1', at + 1, lineEnd)) * (type === '%' ? 2 : 1);
  let end = next;
  for (let index = 0; index < count; index += 1) {
    end = findEnd(buffer, end);
    if (end === 0) return 0;
  }
  return end;
}

/** The first arguments of a command as a client sends it: an array of strings. */
export function readArguments(command: Buffer, atMost: number): string[] {
  const lines = command.toString('latin1').split(CR_LF, 1 + 2 * atMost);
  return lines.flatMap((line, index) => (index > 0 && index % 2 === 0 ? [line] : []));
}
