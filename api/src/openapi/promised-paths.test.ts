import { createDocumentReader } from '@understudy/shared/testing/document-reader';
import { expect, it } from 'vitest';
import { routes } from '../routes/routes.ts';
import { createOpenApiDocument } from './create-document.ts';
import { FURTHER_PATHS, PROMISED_PATHS, PROMISED_TYPES } from './promised-paths.ts';

/** Promised, and not there yet: each line goes when its row comes, or this test fails. */
const expectedLater = [
  'POST /api/classifiers/{name}/evaluate',
  'GET /api/evaluations/{id}',
  'POST /api/providers/test',
  'GET /api/stats/providers',
  'GET /api/stats/labels',
  'GET /api/audit',
  'GET /api/classifications text/csv',
];

const { operations } = createDocumentReader(createOpenApiDocument(routes));
const toLines = (paths: Record<string, string>) =>
  Object.entries(paths).flatMap(([path, methods]) => methods.split(' ').map((method) => `${method} ${path}`));
const there = operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`);

it('has every path that was promised, and says of all others that they were not', () => {
  const promised = [...toLines(PROMISED_PATHS), ...toLines(FURTHER_PATHS)];
  const isDue = (line: string) => !expectedLater.includes(line);
  expect(there.toSorted()).toEqual(promised.filter(isDue).toSorted());
});

it('answers in every type that was promised', () => {
  const answered = new Set(
    operations.flatMap(({ method, path, operation }) =>
      Object.values(operation.responses).flatMap((reply) =>
        'content' in reply
          ? Object.keys(reply.content ?? {}).map((type) => `${method.toUpperCase()} ${path} ${type}`)
          : [],
      ),
    ),
  );
  const promised = Object.entries(PROMISED_TYPES).map(([path, type]) => `GET ${path} ${type}`);
  const lacking = promised.filter((line) => !answered.has(line));
  expect(lacking).toEqual(expectedLater.filter((line) => line.endsWith('text/csv')));
});
