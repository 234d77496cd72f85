# One image for every role; the command says which:
#   node api/src/main.ts | node worker/src/main.ts | node scheduler/src/main.ts | node shared/src/cli/main.ts migrate

FROM node:24-bookworm-slim AS manifests
WORKDIR /app
COPY package.json package-lock.json ./
COPY shared/package.json shared/
COPY api/package.json api/
COPY worker/package.json worker/
COPY scheduler/package.json scheduler/
COPY ui/package.json ui/

FROM manifests AS console
# esbuild and the like bring what they need as packages; no install script has to run to build the console.
RUN npm ci --ignore-scripts --no-audit --no-fund -w ui -w shared
COPY tsconfig.json ./
COPY shared shared
COPY ui ui
RUN npm run build -w ui

FROM manifests AS production
# Without the root's own dependencies: the image has Node already.
RUN npm ci --ignore-scripts --omit=dev --no-audit --no-fund -w shared -w api -w worker -w scheduler \
  && npm cache clean --force

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
WORKDIR /app
COPY --from=production /app ./
COPY shared shared
COPY api api
COPY worker worker
COPY scheduler scheduler
COPY --from=console /app/ui/dist ui/dist
USER node
EXPOSE 3000
CMD ["node", "api/src/main.ts"]
