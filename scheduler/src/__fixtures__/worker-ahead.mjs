// A worker of health checks whose clock is so many milliseconds ahead; it says what it runs, and makes no check.
const [, , aheadMs, redisUrl, prefix] = process.argv;
const RealDate = Date;
const now = () => RealDate.now() + Number(aheadMs);
globalThis.Date = class extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(now());
    else super(...given);
  }
  static now() {
    return now();
  }
};
const { Redis } = await import('ioredis');
const { Worker } = await import('bullmq');
const connection = new Redis(redisUrl, { maxRetriesPerRequest: null });
const run = async ({ data }) => process.stdout.write(data.deep ? 'deep\n' : 'free\n');
export const worker = new Worker('health-check', run, { connection, prefix });
