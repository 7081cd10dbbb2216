/** What stands for a sign or a branch where a terminal shows ASCII only; each is as wide as what it stands for. */
const stands: Readonly<Record<string, string>> = {
  '⟳': '@',
  '⧉': '=',
  '□': 'o',
  Σ: 'E',
  α: 'A',
  '⊞': 'J',
  '◷': '.',
  '◌': '~',
  '⚠': '!',
  '✔': '+',
  '✖': 'x',
  '॥': '|',
  '•': '-',
  '├': '|',
  '└': '`',
  '─': '-',
  '│': '|',
  '…': '~',
  '→': '>',
}

const signs = new RegExp(`[${Object.keys(stands).join('')}]`, 'gu')

/** A text whose signs are ASCII. Letters of names and messages stay as they are. */
export const inAscii = (text: string): string => text.replace(signs, (sign) => stands[sign] ?? sign)
