import { liveness, openApiDocument, readiness } from '@understudy/shared/contracts/system';
import * as z from 'zod';
import { route } from '../http/route.ts';
import { readReadiness } from '../services/readiness.ts';

export const systemRoutes = [
  route({
    id: 'getLiveness',
    method: 'GET',
    path: '/healthz',
    summary: 'Whether the process is alive.',
    access: 'public',
    replies: { 200: { description: 'It is.', schema: liveness } },
    async handle() {
      return { status: 200, body: { status: 'ok' } };
    },
  }),
  route({
    id: 'getReadiness',
    method: 'GET',
    path: '/readyz',
    summary: 'Whether the process accepts requests and reaches its stores, each by name.',
    access: 'public',
    replies: {
      200: { description: 'Ready.', schema: readiness },
      503: { description: 'A store is away, or the process is stopping.', schema: readiness },
    },
    async handle(ctx) {
      const body = await readReadiness(ctx);
      return { status: body.status === 'ready' ? 200 : 503, body };
    },
  }),
  route({
    id: 'getMetrics',
    method: 'GET',
    path: '/metrics',
    summary: 'What this process measures, for Prometheus.',
    description: 'Where METRICS_TOKEN is set it will do as the bearer token, also while the ledger is away.',
    access: 'providers:read',
    orMetricsToken: true,
    replies: {
      200: {
        description: 'The text format of Prometheus.',
        type: 'text/plain',
        schema: z.string(),
        example: 'understudy_store_up{store="mongodb"} 1\n',
      },
    },
    async handle({ metrics: { registry } }) {
      return { status: 200, text: { type: registry.contentType, content: await registry.metrics() } };
    },
  }),
  route({
    id: 'getOpenApi',
    method: 'GET',
    path: '/api/openapi.json',
    summary: 'This API as an OpenAPI 3.1 document.',
    access: 'public',
    replies: { 200: { description: 'The document.', schema: openApiDocument } },
    async handle(ctx) {
      return { status: 200, body: ctx.openApi() };
    },
  }),
];
