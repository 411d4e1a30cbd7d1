package io.factotum.host.plugin;

/** The source of a plugin that serves offerings, and tells on which class loader it was called. */
final class ServingPlugin {

    /** The support and the handler, to be written into a plugin's class. */
    static final String MEMBERS = """
            class Support implements OfferingSupport {
                public CheckedSettings check(JsonObject settings, JsonObject stored) {
                    if (settings.containsKey("boom")) throw new IllegalStateException("boom");
                    if (settings.containsKey("null")) return null;
                    tell("check", loaderOf(Thread.currentThread()) + " " + Thread.currentThread().getName());
                    JsonObject sealed = settings.copy().put("stored", stored);
                    settings.clear();
                    return new CheckedSettings(sealed,
                        new OfferingTraits(Set.of(EventType.CREATE), java.time.Duration.ofMinutes(1),
                            java.time.Duration.ofHours(1), Set.of()), List.of());
                }
                public JsonObject redact(JsonObject stored) { return new JsonObject().put("shown", stored.size()); }
            }
            class Handler implements LifecycleHandler {
                public Future<LifecycleResult> handle(LifecycleEvent event) {
                    tell("handler", loaderOf(Thread.currentThread()));
                    return null;
                }
                public Future<Void> cancel(UUID runId) { throw new IllegalStateException("cannot cancel"); }
                public Future<Void> committed(UUID runId) { return tell("committed", loaderOf(Thread.currentThread())); }
            }
            """;

    private static final String START = "return context.serve(new Support(), new Handler());";

    private ServingPlugin() {}

    static JarBuilder jar(String id) {
        return JarBuilder.plugin(id, START, MEMBERS);
    }
}
