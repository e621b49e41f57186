/**
 * What the formatter, the linter and the compiler say about some folders, as lines on standard output: one program of
 * TypeScript for all of them. Run by `checkCode()` in a process of its own, since Jest would translate the compiler.
 */
import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { ESLint } from 'eslint'
import prettier from 'prettier'
import ts from 'typescript'

const root = path.resolve(__dirname, '../..')

async function main(folders: string[]): Promise<void> {
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(ts|json)$/.test(name))
      .map((name) => path.resolve(folder, name)),
  )
  const sources = files.filter((name) => name.endsWith('.ts'))
  const program = programOf(sources)
  const problems = [
    ...typeProblems(program, sources),
    ...(await lint(program, sources)),
    ...(await form(files)),
  ]
  process.stdout.write(JSON.stringify(problems))
}

function programOf(sources: string[]): ts.Program {
  const { config } = ts.readConfigFile(path.join(root, 'tsconfig.json'), (name) => readFileSync(name, 'utf8'))
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: sources }, ts.sys, root)
  return ts.createProgram(sources, { ...options, incremental: false, tsBuildInfoFile: undefined })
}

function typeProblems(program: ts.Program, sources: string[]): string[] {
  const found = sources.flatMap((name) => {
    const source = program.getSourceFile(name)
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
  })
  return found.map(
    ({ file, messageText }) => `${file?.fileName} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
  )
}

async function lint(program: ts.Program, sources: string[]): Promise<string[]> {
  const parserOptions = { projectService: false, programs: [program] }
  const eslint = new ESLint({
    cwd: root,
    overrideConfig: { files: ['**/*.ts'], languageOptions: { parserOptions } },
  })
  const results = await eslint.lintFiles(sources)
  return results.flatMap(({ filePath, messages }) =>
    messages.map(({ line, message, ruleId }) => `${filePath}:${line} ${message} (${ruleId})`),
  )
}

async function form(files: string[]): Promise<string[]> {
  const options = await prettier.resolveConfig(path.join(root, 'index.ts'))
  const checks = files.map((filepath) =>
    prettier.check(readFileSync(filepath, 'utf8'), { ...options, filepath }),
  )
  const fits = await Promise.all(checks)
  return files.filter((_, at) => !fits[at]).map((name) => `${name} is not formatted`)
}

void main(process.argv.slice(2))
