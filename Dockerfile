# The controller as one bundled file, without node_modules and sources.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY scripts ./scripts
COPY src ./src
RUN node scripts/build.ts

FROM node:24-slim
WORKDIR /app
# One arena for what is allocated outside JavaScript's heap: with one for each thread much of it is never given back.
ENV NODE_ENV=production MALLOC_ARENA_MAX=1
COPY LICENSE ./
COPY --from=build /app/dist/controller.mjs /app/dist/controller.mjs.LEGAL.txt ./dist/
USER 65532:65532
EXPOSE 8080 8090
# Node itself is process 1 and handles SIGTERM; npm would swallow it. Most of what is read lives long, so a larger space for
# young objects, or tiers of compilers, would only take memory.
ENTRYPOINT ["node", "--max-semi-space-size=2", "--max-old-space-size=384", "dist/controller.mjs"]
