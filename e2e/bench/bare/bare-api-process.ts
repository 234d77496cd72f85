import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Queue } from 'bullmq';
import express from 'express';
import { Redis } from 'ioredis';
import { MongoClient } from 'mongodb';
import { answerQuestions } from '../bed/child.ts';

interface BareJob {
  _id: string;
  text: string;
}

const NAME = 'bare-api';
const { BENCH_MONGODB_URI = '', BENCH_REDIS_URL = '' } = process.env;
const client = new MongoClient(BENCH_MONGODB_URI, { writeConcern: { w: 'majority' } });
const jobs = client.db('bare').collection<BareJob>('jobs');
const queue = new Queue(NAME, { connection: new Redis(BENCH_REDIS_URL, { maxRetriesPerRequest: null }) });

const toEntry = ({ _id }: BareJob) => ({ name: NAME, data: { id: _id }, opts: { removeOnComplete: true } });

/** What anybody would write to take jobs in for good: store it, queue it, answer. It checks nobody and nothing. */
const app = express();
app.use(express.json({ limit: '64mb' }));
app.post('/api/classifications', async (request, response) => {
  const job = { _id: randomUUID(), ...(request.body as { text: string }) };
  await jobs.insertOne(job);
  await queue.addBulk([toEntry(job)]);
  response.status(202).json(job);
});
app.post('/api/classifications/batch', async (request, response) => {
  const { items } = request.body as { items: { text: string }[] };
  const accepted = items.map((item) => ({ _id: randomUUID(), ...item }));
  await jobs.insertMany(accepted, { ordered: false });
  await queue.addBulk(accepted.map(toEntry));
  response.status(202).json({ accepted: accepted.length });
});

await client.connect();
const server = createServer(app);
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

/** Asked again, it has forgotten what it took in. */
answerQuestions<object, number>(async () => {
  await jobs.deleteMany({});
  await queue.obliterate({ force: true });
  return (server.address() as AddressInfo).port;
});
