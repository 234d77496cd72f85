# syntax=docker/dockerfile:1
# One image for every role; the command says which:
#   node api/src/main.ts | node worker/src/main.ts | node scheduler/src/main.ts | node shared/src/cli/main.ts migrate
# No process writes to its files: run it with a read-only root, as docker-compose.yml does. Its user may read them,
# whatever the umask of the checkout was.

FROM node:24.21.0-bookworm-slim AS manifests
WORKDIR /app
COPY --chmod=u=rwX,go=rX package.json package-lock.json ./
COPY --chmod=u=rwX,go=rX shared/package.json shared/
COPY --chmod=u=rwX,go=rX api/package.json api/
COPY --chmod=u=rwX,go=rX worker/package.json worker/
COPY --chmod=u=rwX,go=rX scheduler/package.json scheduler/
COPY --chmod=u=rwX,go=rX ui/package.json ui/

FROM manifests AS console
# esbuild and the like bring what they need as packages; no install script has to run to build the console.
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts --no-audit --no-fund -w ui -w shared
COPY tsconfig.json ./
COPY shared shared
COPY --chmod=u=rwX,go=rX ui ui
RUN npm run build -w ui

FROM manifests AS production
# Without the root's own dependencies: the image has Node already. What is optional are tools of the build, as peers of peers.
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts --omit=dev --omit=optional --no-audit --no-fund -w shared -w api -w worker -w scheduler

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
WORKDIR /app
COPY --from=production /app ./
COPY --chmod=u=rwX,go=rX shared shared
COPY --chmod=u=rwX,go=rX api api
COPY --chmod=u=rwX,go=rX worker worker
COPY --chmod=u=rwX,go=rX scheduler scheduler
COPY --from=console /app/ui/dist ui/dist
# `node` by its number, which Kubernetes can see is not root.
USER 1000:1000
EXPOSE 3000 9464
# The API answers at PORT, also where METRICS_PORT is set for others, worker and scheduler at METRICS_PORT.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "const ask = (port) => fetch(`http://127.0.0.1:${port}/readyz`); const { PORT, METRICS_PORT } = process.env; ask(METRICS_PORT || PORT).catch(() => ask(PORT)).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "api/src/main.ts"]
