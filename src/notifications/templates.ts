import type { Value } from '../expr/value.ts'
import { compileTemplate } from '../go-template/template.ts'
import { TemplateError } from '../go-template/template-error.ts'
import type { RunSources } from '../go-template/template-function.ts'
import type { Json } from '../lib/json.ts'
import { isJsonObject } from '../lib/json-value.ts'
import type { ConfigurationFault, NotificationTemplate } from './configuration.ts'
import type { Destination, Notification } from './services/service.ts'

/** A notification cannot be written. The message names the template, the field and what is wrong. */
export class RenderError extends Error {
  override readonly name = 'RenderError'
}

type Variables = ReadonlyMap<string, Value>

/** Writes a part of a notification. */
type Render = (data: Readonly<Record<string, Value>>, sources: RunSources) => Json

interface Compiled {
  readonly message: Render
  readonly sections: ReadonlyMap<string, Render>
}

/** Templates that can be rendered, and what is wrong with the others. */
export interface Templates {
  readonly faults: readonly ConfigurationFault[]
  /** Throws {@link RenderError}. */
  render(names: readonly string[], variables: Variables, destination: Destination, sources: RunSources): Notification
}

const compileText = (text: string, place: string): Render => {
  if (!text.includes('{{')) return () => text
  const template = compileTemplate(text, place)
  return (data, sources) => template.render(data, sources)
}

/** Every text in a section is a template; everything else is as it is. */
const compileTree = (value: Json, place: string): Render => {
  if (typeof value === 'string') return compileText(value, place)
  if (Array.isArray(value)) {
    const items = value.map((item, index) => compileTree(item, `${place}[${index}]`))
    return (data, sources) => items.map((item) => item(data, sources))
  }
  if (!isJsonObject(value)) return () => value
  const members = Object.entries(value).map(
    ([key, member]) => [key, compileTree(member ?? null, `${place}.${key}`)] as const,
  )
  return (data, sources) => Object.fromEntries(members.map(([key, member]) => [key, member(data, sources)]))
}

const compile = (name: string, { message = '', sections }: NotificationTemplate): Compiled => ({
  message: compileText(message, name),
  sections: new Map(
    Object.entries(sections).map(([key, section]) => [key, compileTree(section, `${name}.${key}`)] as const),
  ),
})

/** As published: a later template replaces what it sets itself. */
const merged = (before: Json | undefined, after: Json): Json => {
  if (!isJsonObject(before) || !isJsonObject(after)) return after
  return { ...before, ...after }
}

/** Prepares the templates of a configuration. */
export const compileTemplates = (configured: ReadonlyMap<string, NotificationTemplate>): Templates => {
  const faults: ConfigurationFault[] = []
  const byName = new Map<string, Compiled>()
  for (const [name, template] of configured) {
    try {
      byName.set(name, compile(name, template))
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error
      faults.push({ key: `template.${name}`, message: error.message })
    }
  }
  const templateOf = (name: string): Compiled => {
    const template = byName.get(name)
    if (template === undefined) {
      const hint = configured.has(name) ? 'it does not compile; see the log of the controller' : 'there is none'
      throw new RenderError(`template ${name}: ${hint}; set template.${name} in the ConfigMap`)
    }
    return template
  }
  return {
    faults,
    render: (names, variables, { service, recipient }, sources) => {
      const data = { ...Object.fromEntries(variables), serviceType: service, recipient }
      const so: { message: string; sections: Record<string, Json> } = { message: '', sections: {} }
      try {
        for (const template of names.map(templateOf)) {
          const message = template.message(data, sources)
          if (message !== '') so.message = String(message)
          for (const [key, render] of template.sections)
            so.sections[key] = merged(so.sections[key], render(data, sources))
        }
      } catch (error) {
        if (error instanceof TemplateError) throw new RenderError(error.message, { cause: error })
        throw error
      }
      return { ...so, template: names.at(-1) ?? '' }
    },
  }
}
