export function KitchensPage() {
  return null;
}
