import { join } from 'node:path'

/** What an image has in it: the program that a container of it runs. */
export interface Program {
  readonly command: string
  readonly args: readonly string[]
}

/** The images that the harness's kubelet can run; undefined for those that nobody has built. */
export type Images = (image: string) => Program | undefined

/** `shop:<tag>`: the shop, whose tag says how it behaves (see `shop.ts`). */
export const shopImages: Images = (image) => {
  const [name, tag] = image.split(':')
  if (name !== 'shop' || tag === undefined) return undefined
  return { command: process.execPath, args: [join(import.meta.dirname, 'shop.ts'), tag] }
}
