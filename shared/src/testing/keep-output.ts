import { Writable } from 'node:stream';

/** A stream that keeps what is written to it, as a log that a test reads. */
export function keepOutput(): { output: Writable; read: () => string } {
  let written = '';
  const output = new Writable({
    write(chunk, _encoding, done) {
      written += String(chunk);
      done();
    },
  });
  return { output, read: () => written };
}
