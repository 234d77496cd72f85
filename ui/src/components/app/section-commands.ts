import type { Scope } from '@understudy/shared/contracts/scope';
import type { Command } from './commands.ts';
import { SECTIONS } from './sections.ts';

/** Other words that one may look for a section by. */
const WORDS: Readonly<Record<string, string>> = {
  overview: 'home start',
  processing: 'statistics health labels failovers charts cost latency',
  jobs: 'explorer list',
  batches: 'upload results',
  classifiers: 'labels versions evaluation accuracy',
  playground: 'try text',
  providers: 'keys models openai anthropic',
  failover: 'strategy hedge breaker circuit time-out configuration',
  drills: 'test fault',
  tokens: 'access api keys clients',
  webhooks: 'endpoints deliveries secret',
  audit: 'log history changes restore',
  settings: 'retention health checks',
};

/** Every section that somebody may see, as commands of the palette. */
export function toSectionCommands(can: (scope: Scope) => boolean): Command[] {
  return SECTIONS.flatMap(({ sections }) => sections)
    .filter(({ scope }) => scope === undefined || can(scope))
    .map(({ name, title }) => ({ title, words: WORDS[name] ?? '', run: { kind: 'go', to: { name } } }));
}
