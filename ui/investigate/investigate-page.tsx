export function InvestigatePage() {
  return null;
}
