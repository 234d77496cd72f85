import { eventData, eventQuery } from '@understudy/shared/contracts/event';
import * as z from 'zod';
import { route } from '../http/route.ts';
import { openEvents } from '../services/events/open.ts';

/** Each type of event with the fields that a server-sent event has. */
const serverSentEvents = z.union(
  Object.entries(eventData).map(([type, data]) =>
    z.object({ event: z.literal(type), id: z.string().optional(), data }),
  ),
);

export const eventRoutes = [
  route({
    id: 'openEvents',
    method: 'GET',
    path: '/api/events',
    summary: 'Be told of what happens, as server-sent events (HTML Living Standard, §9.2).',
    description:
      '`topics` names the types of events that are wanted, by default all that the scopes allow: `job.updated` and ' +
      '`batch.updated` need `jobs:read`, the others `providers:read`. Jobs, batches and failovers are those of the own ' +
      'client, with `admin` those of all. `jobId` and `batchId` narrow the stream to events about that job, or that batch ' +
      'and its jobs.\n\n' +
      'Each `data` line is one JSON object of the type that `event` names. `Last-Event-ID` resumes: what came meanwhile is ' +
      'told first, without gap or repeat, in whichever process. Where that is not possible (the id is too old or none of ' +
      'ours, or the events were lost) there is an event `reset`: fetch again what you show. A heartbeat (a comment) comes ' +
      'every 15 s, with an id of its own where nothing new came. An event is a hint, at least once; the resource is the ' +
      'truth: states that a job was in for a moment may be left out, and `queued` may come after `processing`. `stats` is ' +
      'the overview of 24 h, at once and every 5 s, and has no id.\n\n' +
      'The stream ends when the token or session does, when the process stops, and when its reader does not read.',
    access: 'signed-in',
    query: eventQuery,
    headers: ['Last-Event-ID'],
    replies: {
      200: {
        description: 'Events until one of the two hangs up.',
        type: 'text/event-stream',
        schema: serverSentEvents,
        example: {
          event: 'job.updated',
          id: '1772443800640-0:9f2c1b7a',
          data: {
            id: 'job_01KB0X7G4M2N6P8Q0R3S5T7V9W',
            client: 'default',
            state: 'succeeded',
            batchId: null,
            provider: 'main',
            degraded: false,
            finishedAt: '2026-03-02T09:30:00.640Z',
          },
        },
      },
    },
    problems: ['rate_limited'],
    async handle(ctx, { viewer, query, header, signal }) {
      const live = openEvents(ctx, { viewer, query, lastEventId: header('Last-Event-ID'), signal });
      return { status: 200, headers: { 'Content-Type': 'text/event-stream; charset=utf-8' }, live };
    },
  }),
];
