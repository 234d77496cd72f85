import { ExportResultCode } from '@opentelemetry/core';
import type { SpanExporter } from '@opentelemetry/sdk-trace';
import type { Logger } from '../logger.ts';

/**
 * Says once that the collector takes no spans, and once that it takes them again; what it did not take is gone. The
 * collector's own words are not logged, nor its address, which may hold a token.
 */
export function createTellingExporter(exporter: SpanExporter, toLogger: () => Logger | null): SpanExporter {
  let isFailing = false;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        const failed = result.code === ExportResultCode.FAILED;
        if (failed && !isFailing) toLogger()?.warn('the collector takes no spans; they are dropped');
        if (!failed && isFailing) toLogger()?.info('the collector takes spans again');
        isFailing = failed;
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
  };
}
