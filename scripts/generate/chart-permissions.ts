import { formatYaml } from '../../src/lib/yaml.ts'
import {
  basePermissions,
  ownPermissions,
  providerPermissions,
  routerPermissions,
  secretPermissions,
  selfServicePermissions,
} from '../../src/operator/permissions.ts'

/** What the chart puts together to roles, by its switches: `charts/crossfade/rbac/rules.yaml`. */
export const chartPermissions = (): string =>
  [
    '# What the controller may do, by what it is for. Made from src/operator/permissions.ts by `npm run generate`.',
    formatYaml({
      base: basePermissions,
      secrets: secretPermissions,
      selfService: selfServicePermissions,
      providers: providerPermissions,
      routers: routerPermissions,
      own: ownPermissions,
    }),
  ].join('\n')
