import type * as z from 'zod'
import { fields, flag, optionalText, requiredText, text, wholeNumber } from './fields.ts'
import { ServiceConfigError } from './send-error.ts'
import type { ServiceKind } from './service.ts'
import { sendMail } from './smtp.ts'

const config = fields({
  host: requiredText,
  port: wholeNumber.refine((port) => port > 0 && port < 65_536, { error: 'must be a port, 1 to 65535' }),
  from: requiredText,
  username: optionalText,
  password: optionalText,
  html: flag,
  insecure_skip_verify: flag,
})

const section = fields({ subject: text, body: optionalText })

/** E-mail by SMTP: TLS on port 465, STARTTLS elsewhere where the server has it. Recipients are separated by commas. */
export const email: ServiceKind<z.output<typeof config>, z.output<typeof section>> = {
  type: 'email',
  config,
  section: { key: 'email', schema: section },
  secrets: ({ username = '', password }) => [
    password,
    // The two are sent as one in AUTH PLAIN (RFC 4616).
    password && Buffer.from(`\0${username}\0${password}`).toString('base64'),
  ],
  send: async (settings, { message, section: own }, { recipient }, context) => {
    const { host, port, from, username, password, html, insecure_skip_verify: insecure } = settings
    const to = recipient
      .split(',')
      .map((address) => address.trim())
      .filter(Boolean)
    if (to.length === 0) throw new ServiceConfigError('email: the subscription must name an address')
    const body = own?.body ?? message
    await sendMail(
      { from, to, subject: own?.subject ?? '', ...(html ? { html: body } : { text: body }) },
      { host, port, insecure, credentials: username && password ? { username, password } : undefined },
      context,
    )
  },
}
