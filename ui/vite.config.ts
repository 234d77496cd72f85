import tailwindcss from '@tailwindcss/vite';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';
import { firstLoad } from './first-load.ts';

const API = 'http://127.0.0.1:3000';

export default defineConfig({
  plugins: [
    vue(),
    tailwindcss(),
    firstLoad({
      route: 'src/features/overview/OverviewPage.vue',
      except: [
        '/mutationObserver.js',
        '/useMutation.js',
        '/infiniteQueryObserver.js',
        '/useInfiniteQuery.js',
      ],
      limitBytes: 60_000,
    }),
  ],
  define: {
    __VUE_OPTIONS_API__: 'false',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
  },
  build: {
    target: 'es2023',
    // A data: address would need an exception in the Content-Security-Policy.
    assetsInlineLimit: 0,
    // The helper that would fetch a page's chunks ahead is as large as what it saves on the first page.
    modulePreload: false,
    cssCodeSplit: false,
    reportCompressedSize: false,
  },
  server: {
    port: 5173,
    // The page's Origin header goes through as it is, so the API sees the address the browser is at.
    proxy: { '/api': API, '/admin': API, '/healthz': API, '/readyz': API },
  },
});
