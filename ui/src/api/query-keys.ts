/** Every key of the cache, in one place, so that what a change makes stale can be named. */
export const queryKeys = {
  session: ['session'],
  overview: (window: string) => ['overview', window],
  providers: {
    all: ['providers'],
    list: ['providers', 'list'],
    offers: ['providers', 'offers'],
    health: ['providers', 'health'],
    one: (id: string) => ['providers', 'one', id],
    healthOf: (id: string) => ['providers', 'one', id, 'health'],
    usageOf: (id: string, window: string) => ['providers', 'one', id, 'usage', window],
  },
  classifications: {
    all: ['classifications'],
    newest: (limit: number) => ['classifications', 'newest', limit],
    list: (filter: object) => ['classifications', 'list', filter],
    one: (id: string) => ['classifications', 'one', id],
  },
  stats: {
    providers: (window: string) => ['stats', 'providers', window],
    labels: (window: string, provider: string) => ['stats', 'labels', window, provider],
    trends: (window: string, ids: readonly string[]) => ['stats', 'trends', window, ids],
  },
  config: ['config'],
  alerts: ['alerts'],
  failovers: (filter: object) => ['failovers', filter],
  tokens: ['tokens'],
  clients: ['clients'],
  audit: (filter: object) => ['audit', filter],
  classifiers: { list: ['classifiers', 'list'] },
} as const;
