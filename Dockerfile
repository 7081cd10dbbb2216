# The controller as one bundled file, without node_modules and sources.
# For a build that can be repeated: --build-arg NODE_IMAGE=node:24-slim@sha256:<digest>. The bundle is the same for the same sources.
ARG NODE_IMAGE=node:24-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY scripts ./scripts
COPY src ./src
RUN node scripts/build.ts

FROM ${NODE_IMAGE}
WORKDIR /app
# One arena for what is allocated outside JavaScript's heap: with one for each thread much of it is never given back. It keeps
# little in reserve, and gives free memory at its end back (bytes; not told, that limit grows with every large block that is
# freed). Blocks as large as those that V8's compilers work in, 32 KiB, lie outside it, and go back as soon as they are free.
ENV NODE_ENV=production MALLOC_ARENA_MAX=1 MALLOC_MMAP_THRESHOLD_=32768 MALLOC_TRIM_THRESHOLD_=131072 MALLOC_TOP_PAD_=16384
LABEL org.opencontainers.image.title="Crossfade" org.opencontainers.image.licenses="Apache-2.0"
COPY LICENSE ./
# With the licenses of what is bundled, and its bill of materials (CycloneDX).
COPY --from=build /app/dist/controller.mjs /app/dist/controller.mjs.LEGAL.txt /app/dist/controller.mjs.licenses.txt /app/dist/controller.mjs.sbom.json ./dist/
USER 65532:65532
EXPOSE 8080 8090
# Node itself is process 1 and handles SIGTERM; npm would swallow it. Most of what is read lives long, so a larger space for
# young objects, or tiers of compilers, would only take memory.
ENTRYPOINT ["node", "--max-semi-space-size=2", "--max-old-space-size=384", "dist/controller.mjs"]
