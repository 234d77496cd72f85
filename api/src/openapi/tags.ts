/** What each group of paths is for, in the order in which one reads of them. */
const TAGS: Record<string, string> = {
  classifications: 'Jobs: submit a text, wait for its answer, list, cancel, retry, correct, erase.',
  batches: 'Up to 10,000 texts at once.',
  classifiers: 'Named, versioned sets of labels.',
  evaluations: 'How well each provider does on samples whose labels are known.',
  providers: 'AI providers: their settings, tests, health, usage and cost, and how jobs are dispatched.',
  failovers: 'Switches from one provider to the next, and drills.',
  stats: 'The service in numbers.',
  events: 'What happens, as it happens.',
  webhooks: 'Endpoints that are told of ends, with their deliveries. The messages are at the end.',
  session: 'Sign-in of the console.',
  tokens: 'Who may call.',
  clients: 'Upstream systems, which see only what is theirs.',
  audit: 'Who changed what.',
  system: 'Health of the process, metrics, and this document.',
};

/** The paths that are not called as their group is. */
const ELSEWHERE: [RegExp, string][] = [
  [/^\/api\/(providers|ai)\/failover$/, 'failovers'],
  [/^\/api\/classifications\/batch$/, 'batches'],
];

/** The group that a path belongs to. */
export function toTag(path: string): string {
  const [, name = ''] = /^\/api\/([a-z]+)(?:\/|$)/.exec(path) ?? [];
  const other = ELSEWHERE.find(([pattern]) => pattern.test(path))?.[1];
  return other ?? (Object.hasOwn(TAGS, name) ? name : 'system');
}

/** The groups that some path belongs to, with their descriptions. */
export function toTagObjects(paths: readonly string[]): { name: string; description: string }[] {
  const used = new Set(paths.map(toTag));
  return Object.entries(TAGS).flatMap(([name, description]) =>
    used.has(name) ? [{ name, description }] : [],
  );
}
