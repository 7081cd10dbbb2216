/** Formats in which data is printed. */
export const dataFormats = ['json', 'yaml'] as const

/** Formats of views that can show more, too. */
export const viewFormats = [...dataFormats, 'wide'] as const

/** What a view shows, as data. */
export const formatData = async (data: object, format: string): Promise<string> => {
  if (format === 'json') return JSON.stringify(data, undefined, 4)
  const { formatYaml } = await import('../lib/yaml.ts')
  return formatYaml(data).trimEnd()
}
