# syntax=docker/dockerfile:1

# Packages and the compiled program. python3, make and g++ are for sqlite3, where no ready binary fits.
FROM node:20.20.2-bookworm-slim AS build
RUN apt-get update \
  && apt-get install -y --no-install-recommends python3 make g++ \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The headers of Node.js are in the image: what is compiled needs no download of them.
RUN npm_config_nodedir=/usr/local npm ci --no-progress
COPY . .
RUN scripts/build && npm prune --omit=dev && rm -rf src migrations web tsconfig*.json

# What runs: no compiler, no sources, no root. redis-server is there for a container that is started alone:
# without REDIS_HOST or REDIS_URL, Steward runs a private Redis in its data folder.
FROM node:20.20.2-bookworm-slim
RUN apt-get update \
  && apt-get install -y --no-install-recommends redis-server tini \
  && rm -rf /var/lib/apt/lists/* \
  && install -d -o node -g node /data
WORKDIR /app
COPY --from=build /app ./
# Plugins may be installed while it runs.
RUN chown -R node:node plugins

ENV NODE_ENV=production \
  ENVIRONMENT=prod \
  HOST=0.0.0.0 \
  PORT=8000 \
  DATA_DIR=/data
USER node
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "scripts/docker/healthcheck.js"]

# tini hands signals on and collects what children leave behind; node alone does not when it is process 1.
ENTRYPOINT ["tini", "--"]
CMD ["node", "--enable-source-maps", "dist/src/main.js"]
