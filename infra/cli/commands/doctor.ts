import type { Command } from 'commander';

export function register(program: Command): void {
  program
    .command('doctor')
    .description('what this machine has, what is missing, and what follows')
    .option('--json', 'one JSON object')
    .action(async (options: { json?: boolean }) => {
      const { examine } = await import('../../doctor/examine.ts');
      const findings = await examine();
      if (options.json) {
        console.log(JSON.stringify({ findings }, null, 2));
      } else {
        for (const finding of findings) {
          console.log(
            `${finding.level === 'ok' ? '✓' : finding.level === 'warning' ? '!' : '✗'} ${finding.title}: ${finding.detail}`,
          );
          if (finding.remedy) console.log(`    → ${finding.remedy}`);
        }
      }
      if (findings.some((finding) => finding.level === 'error')) process.exitCode = 1;
    });
}
