import { VueQueryPlugin } from '@tanstack/vue-query';
import { createApp } from 'vue';
import { createConsoleClient, provideClient } from './api/client.ts';
import { createQueryClient } from './api/query-client.ts';
import App from './App.vue';
import { createLive, provideLive, watchVisibility } from './composables/use-live.ts';
import { createConsoleRouter, toLogin } from './router.ts';
import './styles/main.css';

const queryClient = createQueryClient();
const client = createConsoleClient({
  onSignedOut: () => {
    const route = router.currentRoute.value;
    // While the first page is being opened, the router itself leads to the sign-in.
    if (!route.name || route.name === 'login') return;
    void router.replace(toLogin(route.fullPath)).then(() => queryClient.clear());
  },
});
const router = createConsoleRouter({ client, queryClient });

const app = createApp(App);
provideClient(app, client);
provideLive(app, createLive({ isVisible: watchVisibility() }));
app.use(VueQueryPlugin, { queryClient });
app.use(router);
app.mount('#app');
