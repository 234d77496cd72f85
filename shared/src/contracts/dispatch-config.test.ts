import { expect, it } from 'vitest';
import { dispatchConfig, dispatchConfigPart } from './dispatch-config.ts';

it('has the documented defaults', () => {
  expect(dispatchConfig.parse({})).toMatchInlineSnapshot(`
    {
      "allowDegraded": true,
      "availabilityTargetMs": 30000,
      "breaker": {
        "failureRatio": 0.5,
        "failureThreshold": 5,
        "invalidOutputThreshold": 5,
        "openMs": 30000,
        "rampMs": 30000,
        "windowMs": 30000,
      },
      "contentFilterFailover": false,
      "defaultDeadlineMs": 86400000,
      "degradedAfterMs": 10000,
      "dispatchBudgetMs": 30000,
      "failoverEnabled": true,
      "healthCheck": {
        "deepIntervalMs": 0,
        "healthyAfter": 2,
        "intervalMs": 30000,
        "timeoutMs": 2000,
        "unhealthyAfter": 3,
      },
      "hedgeAfterMs": 2500,
      "hedgeMaxMs": 4000,
      "hedgeMaxShare": 0.1,
      "maxWaitingJobs": 1000000,
      "paused": false,
      "retention": {
        "healthDays": 30,
        "jobDays": 90,
        "textDays": 30,
      },
      "strategy": "priority",
    }
  `);
});

it('fills a nested part up with defaults', () => {
  expect(dispatchConfig.parse({ breaker: { openMs: 1_000 } }).breaker).toEqual({
    ...dispatchConfig.parse({}).breaker,
    openMs: 1_000,
  });
});

it('takes any part as it is, without defaults', () => {
  for (const part of [{}, { paused: true }, { breaker: {} }, { retention: { textDays: 0 } }]) {
    expect(dispatchConfigPart.parse(part)).toEqual(part);
  }
  expect(dispatchConfigPart.parse(dispatchConfig.parse({}))).toEqual(dispatchConfig.parse({}));
});

it.each([{ nonsense: 1 }, { breaker: { nonsense: 1 } }, { paused: null }, { retention: { textDays: -1 } }])(
  'refuses %j',
  (part) => {
    expect(dispatchConfigPart.safeParse(part).success).toBe(false);
  },
);
