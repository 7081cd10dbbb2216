# The controller as it runs in development: TypeScript, executed by Node as it is.
FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The image brings its own Node, so the bundled ones stay out.
RUN npm ci --omit=dev --omit=optional --ignore-scripts

FROM node:24-slim
WORKDIR /app
ENV NODE_ENV=production
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json LICENSE ./
COPY src ./src
USER 65532:65532
EXPOSE 8080 8090
# Node itself is process 1 and handles SIGTERM; npm would swallow it.
ENTRYPOINT ["node", "--max-old-space-size=384", "src/bin/controller.ts"]
