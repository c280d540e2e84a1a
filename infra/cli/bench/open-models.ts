/** The models and settings of the analyzers, as benches use them. @param detector instead of the one that is set */
export async function openModels(detector?: string) {
  const [{ readConfig }, { createLogger }, { analyzerConfigSchema }, { ModelRegistry }] = await Promise.all([
    import('#infra/runtime/config.ts'),
    import('#infra/runtime/logger.ts'),
    import('#analyzers/config.ts'),
    import('#analyzers/models/model-registry.ts'),
  ]);
  const config = readConfig('analyzers', analyzerConfigSchema, process.env, detector === undefined ? {} : { detector });
  const log = createLogger({ level: 'warn', pretty: false });
  const { modelFolder: folder, modelMirror: mirror, packFolder } = config;
  return { config, registry: new ModelRegistry({ folder, mirror, packFolder, log }) };
}
