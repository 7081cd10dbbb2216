import { roleColors } from './icons.ts'
import type { ImageInfo } from './image-info.ts'
import { type Line, span } from './line.ts'

/** Width of the names in the head, as the published plugin has it. */
const nameWidth = 17

/** A line of the head: a name and what it is. */
export const field = (name: string, value: Line | string | number): Line => [
  { text: name.padEnd(nameWidth) },
  ...(typeof value === 'object' ? value : [span(String(value))]),
]

const imageLine = ({ image, tags }: ImageInfo): Line => {
  if (tags.length === 0) return [span(image)]
  const shown = tags.flatMap((tag, at) => [...(at === 0 ? [] : [{ text: ', ' }]), span(tag, roleColors[tag])])
  return [span(`${image} (`), ...shown, { text: ')' }]
}

/** The images that run, one a line. */
export const imageLines = (images: readonly ImageInfo[]): Line[] =>
  images.map((image, at) => field(at === 0 ? 'Images:' : '', imageLine(image)))

/** Why something is as it is. What is said in several lines stands in several. */
export const messageLines = (message: string): Line[] => {
  const [first = '', ...more] = message.split('\n')
  return message === '' ? [] : [field('Message:', first), ...more.map((line) => [span(line)])]
}
