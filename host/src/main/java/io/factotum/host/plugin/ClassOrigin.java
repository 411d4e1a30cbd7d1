package io.factotum.host.plugin;

import java.util.List;

/** Who a plugin's classes and resources come from; the JDK's come from the JDK. */
enum ClassOrigin {
    /** The host alone: types that host and plugin exchange, so there must be one of each. */
    HOST,
    /** The host where it has it, else the plugin: further modules of the same Vert.x. */
    HOST_THEN_PLUGIN,
    /** The plugin alone. */
    PLUGIN;

    private static final List<String> HOST_PACKAGES =
            List.of("io.factotum.api.", "io.vertx.core.", "io.netty.", "org.slf4j.", "org.jspecify.");
    private static final String VERTX = "io.vertx.";
    private static final String VERSIONED = "META-INF/versions/";

    static ClassOrigin ofClass(String name) {
        for (String hosts : HOST_PACKAGES) {
            if (name.startsWith(hosts)) {
                return HOST;
            }
        }
        return name.startsWith(VERTX) ? HOST_THEN_PLUGIN : PLUGIN;
    }

    /** By the package it lies in; so {@code META-INF}, and with it {@code META-INF/services}, is the plugin's own. */
    static ClassOrigin ofResource(String name) {
        return ofClass(name.replace('/', '.'));
    }

    /** Whether a jar's entry is a class that only the host may bring. */
    static boolean isHostClass(String entry) {
        if (!entry.endsWith(".class")) {
            return false;
        }
        String path = entry;
        if (entry.startsWith(VERSIONED)) {
            path = entry.substring(entry.indexOf('/', VERSIONED.length()) + 1);
        }
        return ofResource(path) == HOST;
    }
}
