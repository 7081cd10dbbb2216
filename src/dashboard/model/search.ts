/** What a search looks at. */
export interface Searched {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
}

/** One part of a search: texts between commas. */
interface Term {
  /** Key of the label whose value is compared; the name without one. */
  readonly label?: string
  readonly text: string
  readonly exact: boolean
  readonly negated: boolean
}

const unquoted = (text: string): { readonly text: string; readonly exact: boolean } => {
  const exact = text.length > 1 && text.startsWith('"') && text.endsWith('"')
  return { text: text.replaceAll('"', ''), exact }
}

const termOf = (written: string): Term => {
  const negated = written.startsWith('!')
  const rest = written.slice(negated ? 1 : 0).trim()
  const colon = rest.indexOf(':')
  if (colon < 0) return { ...unquoted(rest), negated }
  return { label: rest.slice(0, colon).trim(), ...unquoted(rest.slice(colon + 1).trim()), negated }
}

const holds = ({ label, text, exact, negated }: Term, { name, labels }: Searched): boolean => {
  const value = label === undefined ? name : labels[label]
  const found = value !== undefined && (exact ? value === text : value.includes(text))
  return found !== negated
}

/**
 * Reads what somebody searches for, as the published page understands it: texts between commas, of which one must hold; a
 * text is part of the name, `label:value` part of that label's value; in quotes it is the whole of it; `!` turns it around.
 * An empty search finds everything.
 */
export const searchFor = (written: string): ((searched: Searched) => boolean) => {
  const terms = written
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '' && part !== '!')
    .map(termOf)
  return (searched) => terms.length === 0 || terms.some((term) => holds(term, searched))
}
