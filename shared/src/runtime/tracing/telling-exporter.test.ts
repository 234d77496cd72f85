import { ExportResultCode, type ExportResult } from '@opentelemetry/core';
import { expect, it } from 'vitest';
import type { Logger } from '../logger.ts';
import { createTellingExporter } from './telling-exporter.ts';

it('says once that spans are not taken, and once that they are again', () => {
  const said: string[] = [];
  const say = (message: string) => void said.push(message);
  const logger = { warn: say, info: say } as unknown as Logger;
  let code: ExportResultCode = ExportResultCode.FAILED;
  const exporter = createTellingExporter(
    { export: (_, done) => done({ code, error: new Error('a private address') }), shutdown: async () => {} },
    () => logger,
  );
  const results: ExportResult[] = [];
  const send = (next: ExportResultCode, times: number) => {
    code = next;
    for (let count = 0; count < times; count += 1) exporter.export([], (result) => results.push(result));
  };
  send(ExportResultCode.SUCCESS, 2);
  expect(said).toEqual([]);
  send(ExportResultCode.FAILED, 3);
  send(ExportResultCode.SUCCESS, 3);
  send(ExportResultCode.FAILED, 1);
  expect(said).toEqual([
    'the collector takes no spans; they are dropped',
    'the collector takes spans again',
    'the collector takes no spans; they are dropped',
  ]);
  expect(results).toHaveLength(9);
});
