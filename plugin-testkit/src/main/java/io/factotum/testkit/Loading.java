package io.factotum.testkit;

import io.vertx.core.json.JsonObject;

/** Whether a plugin runs as it was asked to. */
final class Loading {

    private static final String PACKED_HERE =
            "%nThe plugin was packed without its libraries. Name the test ...IT, so that failsafe runs it with the packed"
                    + " jar, or name that with PluginHarness.ofJar.";

    private Loading() {}

    /** The plugin, as the host shows it. @throws AssertionError with the host's reason if it does not run with that jar */
    static JsonObject demandActive(JsonObject plugin, PluginJar jar) {
        if (plugin.getString("state").equals("ACTIVE") && !plugin.containsKey("rolled_back_from")) {
            return plugin;
        }
        String reason = plugin.getString("reason", "Plugin is " + plugin.getString("state"));
        boolean lacksClasses = jar.packedHere() && reason.matches("(?s).*(ClassNotFound|NoClassDefFound).*");
        throw new AssertionError(reason + (lacksClasses ? PACKED_HERE.formatted() : ""));
    }
}
