/** An element of an XML document. Attributes are left out. */
export interface XmlElement {
  readonly name: string
  readonly children: readonly XmlElement[]
  /** Text right within it, blanks around it removed. */
  readonly text: string
}

/** A text is no XML document, or not a whole one. */
export class XmlError extends Error {
  override readonly name = 'XmlError'
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

const decode = (text: string): string =>
  text.replace(/&(#x?[0-9a-f]+|\w+);/gi, (whole, name: string) => {
    if (!name.startsWith('#')) return entities[name] ?? whole
    const code =
      name[1]?.toLowerCase() === 'x' ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10)
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })

/** Prolog, comment, character data; end tag; start tag with what closes it; text. */
const token =
  /<\?[\s\S]*?\?>|<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<\/\s*([^\s>]+)\s*>|<([^\s/>!?]+)([^>]*?)(\/?)>|([^<]+)/gy

interface OpenElement {
  readonly name: string
  readonly children: XmlElement[]
  text: string
}

const openElement = (name: string): OpenElement => ({ name, children: [], text: '' })

/** Takes the element that an end tag closes off the stack, into the one around it. */
const close = (stack: OpenElement[], name: string): void => {
  const element = stack.pop()
  const around = stack.at(-1)
  if (element?.name !== name || around === undefined) throw new XmlError(`</${name}> closes no element`)
  around.children.push({ ...element, text: element.text.trim() })
}

/**
 * Reads a document as web services write it: elements and text; no document type, whose entities could make a small text
 * large. Returns the root. @throws XmlError
 */
export const parseXml = (text: string): XmlElement => {
  const document = openElement('')
  const stack = [document]
  let end = 0
  for (const match of text.trim().matchAll(token)) {
    const [whole, data, endTag, startTag, , isEmpty, plain] = match
    end = match.index + whole.length
    const within = stack.at(-1)
    if (endTag !== undefined) close(stack, endTag)
    else if (startTag !== undefined) {
      stack.push(openElement(startTag))
      if (isEmpty === '/') close(stack, startTag)
    } else if (within !== undefined) within.text += data ?? decode(plain ?? '')
  }
  const [root] = document.children
  if (end !== text.trim().length || stack.length !== 1 || root === undefined) {
    throw new XmlError('reading XML: the text is no whole document')
  }
  return root
}

/** The children of this name. */
export const childrenNamed = ({ children }: XmlElement, name: string): readonly XmlElement[] =>
  children.filter((child) => child.name === name)

/** What is at the end of a path of names, always of the first child; an element with nothing in it where there is none. */
export const elementAt = (element: XmlElement, ...path: readonly string[]): XmlElement =>
  path.reduce<XmlElement>(
    (within, name) => within.children.find((child) => child.name === name) ?? { name, children: [], text: '' },
    element,
  )
