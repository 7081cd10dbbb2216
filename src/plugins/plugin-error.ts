/** A plugin that cannot be asked, or an answer that cannot be used. The message names the plugin and holds no secret. */
export class PluginError extends Error {
  override readonly name = 'PluginError'
}
