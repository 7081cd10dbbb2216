import { anyType } from '../../expr/go-type.ts'
import { FunctionError } from '../template-error.ts'
import { type FunctionTable, variadic } from '../template-function.ts'

const names = [
  ...['bcrypt', 'htpasswd', 'derivePassword', 'encryptAES', 'decryptAES', 'randBytes'],
  ...['genPrivateKey', 'genCA', 'genCAWithKey', 'buildCustomCert'],
  ...['genSelfSignedCert', 'genSelfSignedCertWithKey', 'genSignedCert', 'genSignedCertWithKey', 'getHostByName'],
]

/** Sprig's functions that make keys and passwords, and the one that asks the network: nothing that a notification should do. */
export const refusedFunctions: FunctionTable = names.map((name) => [
  name,
  variadic([], anyType, () => {
    throw new FunctionError('not available in templates: make keys and passwords, and look up hosts, elsewhere')
  }),
])
