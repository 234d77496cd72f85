import type { JobState } from '@understudy/shared/contracts/classification';
import type { HealthStatus, ProviderType } from '@understudy/shared/contracts/provider';

/** How something stands, as the console colours it; the word beside it says the same. */
export type Tone = 'ok' | 'warn' | 'bad' | 'neutral';

export const TYPE_NAMES: Record<ProviderType, string> = {
  openai: 'OpenAI',
  anthropic: 'Anthropic',
  'openai-compatible': 'OpenAI-compatible',
  local: 'Local',
};

export const HEALTH_TONES: Record<HealthStatus, Tone> = {
  healthy: 'ok',
  degraded: 'warn',
  down: 'bad',
  unknown: 'neutral',
};

export const STATE_TONES: Record<JobState, Tone> = {
  queued: 'neutral',
  processing: 'neutral',
  deferred: 'warn',
  succeeded: 'ok',
  failed: 'bad',
  cancelled: 'neutral',
};
