export const podTemplateErrors = (_t: unknown, _f: string): [] => []
