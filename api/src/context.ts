import type { AddressGuard } from '@understudy/shared/net/address-guard';
import type { Producer } from '@understudy/shared/jobs/producer';
import type { EventOutbox } from '@understudy/shared/events/outbox';
import type { Window } from '@understudy/shared/jobs/window';
import type { Clock } from '@understudy/shared/runtime/clock';
import type { Logger } from '@understudy/shared/runtime/logger';
import type { PendingWork } from '@understudy/shared/runtime/pending-work';
import type { Tracing } from '@understudy/shared/runtime/tracing/tracing';
import type { KeyRing } from '@understudy/shared/secrets/key-ring';
import type { Store } from '@understudy/shared/store/connect';
import type { Ledger } from '@understudy/shared/store/ledger';
import type { VersionWatcher } from '@understudy/shared/store/versions/watch-versions';
import type { Redis } from '@understudy/shared/runtime/redis';
import type { ApiConfig } from './config.ts';
import type { Backlog } from './caches/backlog.ts';
import type { Catalogue } from './caches/catalogue.ts';
import type { ClassifierFactsCache } from './caches/classifier-facts.ts';
import type { LaneHolds } from './caches/lane-holds.ts';
import type { EpochKeeper } from './caches/epoch.ts';
import type { SessionAccess } from './caches/sessions.ts';
import type { TokenAccess } from './caches/tokens.ts';
import type { TokenUses } from './caches/token-uses.ts';
import type { OverviewReader } from './caches/overview.ts';
import type { EventStreams } from './events/event-streams.ts';
import type { EventHub } from './events/hub.ts';
import type { FailedCredentials } from './limits/failed-credentials.ts';
import type { LoginLimiter } from './limits/login-limiter.ts';
import type { TokenLimiter } from './limits/token-limiter.ts';
import type { Metrics } from './metrics/metrics.ts';
import type { UploadRoom } from './services/batches/upload-room.ts';
import type { Unconfirmed } from './services/classifications/unconfirmed.ts';

/** Everything that a verb may use; built by `compose`. */
export interface Context {
  config: ApiConfig;
  store: Store;
  ledger: Ledger;
  redis: Redis;
  prefix: string;
  producer: Producer;
  window: Window;
  keyRing: KeyRing;
  /** Which addresses that somebody gives may be called. */
  guard: AddressGuard;
  logger: Logger;
  /** Null where no traces are taken. */
  tracing: Tracing | null;
  clock: Clock;
  /** What this process caches, and the watcher that keeps it current. */
  watcher: VersionWatcher;
  catalogue: Catalogue;
  classifierFacts: ClassifierFactsCache;
  laneHolds: LaneHolds;
  tokens: TokenAccess;
  sessions: SessionAccess;
  tokenUses: TokenUses;
  epoch: EpochKeeper;
  backlog: Backlog;
  hub: EventHub;
  eventStreams: EventStreams;
  outbox: EventOutbox;
  overview: OverviewReader;
  unconfirmed: Unconfirmed;
  /** What no reply waits for. A process that stops waits for it, within bounds; upkeep sees to the rest. */
  background: PendingWork;
  metrics: Metrics;
  uploadRoom: UploadRoom;
  tokenLimiter: TokenLimiter;
  loginLimiter: LoginLimiter;
  failedCredentials: FailedCredentials;
  /** The OpenAPI document of the route table. */
  openApi: () => object;
  /** The same as a page. */
  docsPage: () => string;
  /** False as soon as the process begins to stop. */
  isAccepting: () => boolean;
}
