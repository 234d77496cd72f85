/** Every key of the cache, in one place, so that what a change makes stale can be named. */
export const queryKeys = {
  session: ['session'],
  overview: (window: string) => ['overview', window],
  providers: {
    all: ['providers'],
    list: ['providers', 'list'],
    offers: ['providers', 'offers'],
    health: ['providers', 'health'],
    slots: ['providers', 'slots'],
    one: (id: string) => ['providers', 'one', id],
    healthOf: (id: string) => ['providers', 'one', id, 'health'],
    usageOf: (id: string, window: string) => ['providers', 'one', id, 'usage', window],
  },
  classifications: {
    all: ['classifications'],
    newest: ['classifications', 'newest'],
    newestOf: (limit: number) => ['classifications', 'newest', limit],
    list: (filter: object) => ['classifications', 'list', filter],
    one: (id: string) => ['classifications', 'one', id],
    deliveriesOf: (id: string) => ['classifications', 'one', id, 'deliveries'],
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
  classifiers: {
    all: ['classifiers'],
    list: ['classifiers', 'list'],
    one: (name: string) => ['classifiers', 'one', name],
    versions: (name: string) => ['classifiers', 'one', name, 'versions'],
    /** Single versions, which are kept apart from what is read again with their classifier. */
    eachVersion: (name: string) => ['classifiers', 'versions', name],
    version: (name: string, version: number) => ['classifiers', 'versions', name, version],
  },
  evaluations: {
    all: ['evaluations'],
    list: (classifier: string) => ['evaluations', 'list', classifier],
    one: (id: string) => ['evaluations', 'one', id],
  },
  batches: {
    all: ['batches'],
    list: ['batches', 'list'],
    one: (id: string) => ['batches', 'one', id],
  },
  webhooks: {
    all: ['webhooks'],
    list: ['webhooks', 'list'],
    one: (id: string) => ['webhooks', 'one', id],
    deliveries: (id: string, state: string) => ['webhooks', 'one', id, 'deliveries', state],
  },
} as const;
