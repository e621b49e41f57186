const eslint = require('@eslint/js')
const { defineConfig, globalIgnores } = require('eslint/config')
const tseslint = require('typescript-eslint')

/** Names as the house spells them: camelCase code, PascalCase types, snake_case for what is on the wire. */
const names = [
  'error',
  { selector: 'default', format: ['camelCase'], leadingUnderscore: 'allow' },
  { selector: 'import', format: null },
  { selector: 'variable', format: ['camelCase'], leadingUnderscore: 'allow' },
  // A schema or a model kept in a constant is named like a type; a fixed value like a setting; a flag by its key.
  { selector: 'variable', modifiers: ['const'], format: ['camelCase', 'PascalCase', 'UPPER_CASE'] },
  { selector: 'variable', modifiers: ['destructured'], format: null },
  { selector: 'parameter', modifiers: ['destructured'], format: null },
  { selector: 'function', format: ['camelCase', 'PascalCase'] },
  { selector: 'typeLike', format: ['PascalCase'] },
  { selector: 'enumMember', format: ['camelCase', 'snake_case', 'UPPER_CASE'] },
  // Columns, payloads and JSON are snake_case from browser to disk; header names and settings keep their own form.
  { selector: ['classProperty', 'typeProperty', 'objectLiteralProperty'], format: null },
  { selector: ['classMethod', 'typeMethod', 'objectLiteralMethod'], format: null },
]

const onlySettingsReadTheEnvironment = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'Only src/config/env.ts reads process.env. Add the setting there and import it.',
}

module.exports = defineConfig(
  globalIgnores(['dist', 'coverage', 'data', 'static', 'scripts/stubs', 'web', '**/*.cjs']),
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: __dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      // `{}` as "anything but null and undefined" is what a cache or a map wants to say.
      '@typescript-eslint/no-empty-object-type': ['error', { allowObjectTypes: 'always' }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/naming-convention': names,
      'max-lines': ['error', { max: 300, skipBlankLines: false, skipComments: false }],
      'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true }],
      'max-depth': ['error', 3],
      'max-params': ['error', 4],
      'no-else-return': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  {
    files: ['src/**/*.ts', 'plugins/**/*.ts'],
    rules: {
      'no-console': 'error',
      'no-restricted-syntax': ['error', onlySettingsReadTheEnvironment],
    },
  },
  {
    files: ['src/config/env.ts', 'src/config/environment.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    // A cast needs a reason. Where the outside world has no types (drivers, ORM internals) the reason is plain.
    files: ['src/**/*.ts', 'plugins/**/*.ts'],
    ignores: ['src/infra/**', '**/tests/**'],
    rules: {
      '@typescript-eslint/consistent-type-assertions': [
        'error',
        { assertionStyle: 'as', objectLiteralTypeAssertions: 'never' },
      ],
    },
  },
  {
    files: ['tests/**/*.ts', 'plugins/**/tests/**/*.ts', 'bench/**/*.ts'],
    rules: {
      'max-lines': ['error', { max: 600 }],
      'max-lines-per-function': 'off',
      'max-params': 'off',
      'no-restricted-syntax': 'off',
      '@typescript-eslint/naming-convention': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/no-namespace': ['error', { allowDeclarations: true }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['**/*.js'],
    languageOptions: {
      sourceType: 'commonjs',
      globals: Object.fromEntries(
        ['__dirname', 'AbortSignal', 'fetch', 'module', 'process', 'require'].map((name) => [
          name,
          'readonly',
        ]),
      ),
    },
  },
)
