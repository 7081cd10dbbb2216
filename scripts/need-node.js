// Plain JavaScript on purpose: it must run on any Node to say what is missing.
// Crossfade runs its TypeScript as it is, which Node does from version 24 on. `npm ci` brings one along in
// node_modules/.bin, and npm scripts prefer that one to the host's.
const major = Number(process.versions.node.split('.')[0])
if (major < 24) {
  console.error(
    [
      `Crossfade needs Node 24 to run its TypeScript sources; this is Node ${process.versions.node} (${process.execPath}).`,
      `\`npm ci\` installs a Node 24 for ${process.platform}-${process.arch} as an optional dependency, and it is not there.`,
      'What to do: run `npm ci` again without `--omit=optional`, or install Node 24 or newer on this host.',
    ].join('\n'),
  )
  process.exit(1)
}
