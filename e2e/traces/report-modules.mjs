import { registerHooks } from 'node:module';

/** Says of every module of OpenTelemetry's SDK, and of what BullMQ has for it, that it was asked for. */
registerHooks({
  resolve(specifier, context, next) {
    if (/^(bullmq-otel|@opentelemetry\/(?!api$).*)/.test(specifier)) {
      process.stderr.write(`loads ${specifier}\n`);
    }
    return next(specifier, context);
  },
});
