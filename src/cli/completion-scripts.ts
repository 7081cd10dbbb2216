/** Shells that a script exists for. */
export const shells = ['bash', 'zsh', 'fish', 'powershell'] as const

/** See {@link shells}. */
export type Shell = (typeof shells)[number]

const bash = `# Completion of kubectl-crossfade for bash. Load it with: source <(kubectl crossfade completion bash)
__crossfade_complete() {
  local IFS=$'\\n' line
  COMPREPLY=()
  while read -r line; do
    case $line in
      :*) ;;
      *) COMPREPLY+=("\${line%%$'\\t'*}") ;;
    esac
  done < <(kubectl-crossfade __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F __crossfade_complete kubectl-crossfade
`

const zsh = `#compdef kubectl-crossfade
# Completion of kubectl-crossfade for zsh. Load it with: source <(kubectl crossfade completion zsh)
__crossfade_complete() {
  local line value
  local -a candidates
  while IFS= read -r line; do
    [[ $line == :* ]] && continue
    value=\${line%%$'\\t'*}
    value=\${value//:/\\\\:}
    if [[ $line == *$'\\t'* ]]; then
      candidates+=("$value:\${line#*$'\\t'}")
    else
      candidates+=("$value")
    fi
  done < <(kubectl-crossfade __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)
  _describe -t crossfade 'kubectl-crossfade' candidates
}
compdef __crossfade_complete kubectl-crossfade
`

const fish = `# Completion of kubectl-crossfade for fish. Load it with: kubectl crossfade completion fish | source
function __crossfade_complete
  set -l words (commandline -opc) (commandline -ct)
  kubectl-crossfade __complete $words[2..-1] 2>/dev/null | string match -v ':*'
end
complete -c kubectl-crossfade -f -a '(__crossfade_complete)'
`

const powershell = `# Completion of kubectl-crossfade for PowerShell. Load it with:
# kubectl crossfade completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName 'kubectl-crossfade' -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @($commandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object { "$_" })
  if ($wordToComplete -eq '') { $words += '""' }
  kubectl-crossfade __complete @words 2>$null | Where-Object { $_ -notlike ':*' } | ForEach-Object {
    $value, $description = $_ -split "\`t", 2
    if (-not $description) { $description = $value }
    [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $description)
  }
}
`

/** The script that teaches a shell to complete \`kubectl-crossfade\`. */
export const completionScripts: Readonly<Record<Shell, string>> = { bash, zsh, fish, powershell }

/**
 * The program that kubectl (1.26 and newer) asks for completions of \`kubectl crossfade\`, under the name
 * \`kubectl_complete-crossfade\` on PATH.
 */
export const kubectlCompleter = `#!/usr/bin/env sh
exec kubectl-crossfade __complete "$@"
`
