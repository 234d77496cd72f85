import { environmentManager, QueryClient, VueQueryPlugin } from '@tanstack/vue-query';
import { createApp, effectScope, shallowRef } from 'vue';
import { createLive, provideLive } from '../composables/use-live.ts';

/** Runs a composable as a page that is open runs it, with live updates and a cache of its own, until `scope` stops. */
export function runLive<T>(use: () => T) {
  // It asks at intervals only where it takes itself to be in a browser.
  environmentManager.setIsServer(() => false);
  const live = createLive({ isVisible: shallowRef(true) });
  const queryClient = new QueryClient({
    defaultOptions: { queries: { networkMode: 'always', retry: false } },
  });
  const app = createApp({});
  provideLive(app, live);
  app.use(VueQueryPlugin, { queryClient });
  const scope = effectScope();
  return { live, scope, used: app.runWithContext(() => scope.run(use))! };
}
