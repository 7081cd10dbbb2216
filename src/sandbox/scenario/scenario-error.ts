/**
 * A scenario that cannot be played: it cannot be read, or the API server refuses what it wants. The message names every
 * fault with its place: the file and field, or the object.
 */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError'
}
