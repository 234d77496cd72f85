// A process that ends in the way of its first argument, and is sent SIGTERM once it is ready.
import { closeOnSignals } from '../lifecycle.ts';
import { createLogger } from '../logger.ts';

const ways: Record<string, () => Promise<void>> = {
  ends: async () => {},
  fails: () => Promise.reject(new Error('a store would not close')),
  hangs: () => new Promise(() => {}),
  throws() {
    setImmediate(() => {
      throw new Error('thrown while stopping');
    });
    return new Promise(() => {});
  },
  signalled() {
    setImmediate(() => process.kill(process.pid, 'SIGINT'));
    return new Promise(() => {});
  },
};
const [, , way = '', drainMs] = process.argv;
const logger = createLogger({ role: 'test', level: 'info' });
closeOnSignals(logger, ways[way] ?? (() => Promise.resolve()), { drainMs: Number(drainMs) });
setInterval(() => {}, 60_000);
process.kill(process.pid, 'SIGTERM');
