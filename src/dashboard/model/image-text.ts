/** An image as the API takes it: in two parts. */
export interface ImageParts {
  readonly image: string
  /** What follows the last colon: a tag, or the hexadecimal part of a digest. */
  readonly tag: string
}

/**
 * Splits an image at its last colon; undefined where it names no tag or digest, without which the API takes no image. A colon
 * before a slash belongs to the port of a registry.
 */
export const imageParts = (text: string): ImageParts | undefined => {
  const trimmed = text.trim()
  const colon = trimmed.lastIndexOf(':')
  const [image, tag] = [trimmed.slice(0, colon), trimmed.slice(colon + 1)]
  return colon <= 0 || tag === '' || tag.includes('/') || /\s/.test(trimmed) ? undefined : { image, tag }
}
