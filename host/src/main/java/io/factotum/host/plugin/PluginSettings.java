package io.factotum.host.plugin;

import io.factotum.host.plugin.trust.TrustPolicy;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Where plugins are found and kept, and how long they may take.
 *
 * @param pluginsDirectory where jars are dropped
 * @param workDirectory private copies of the jars, made anew at each start; this host's alone
 * @param dataDirectory what is kept from run to run: a plugin's is {@code plugins/<id>} in it
 * @param configDirectory a plugin's configuration is {@code plugins/<id>.yaml} in it
 * @param pollInterval from one look at the plugins directory to the next
 * @param startTimeout how long a plugin may take to be made, and again to start
 * @param stopTimeout how long a plugin may take to stop
 * @param unloadGrace how long late answers may still find the classes of a plugin that has stopped
 * @param trust which jars are loaded
 * @param processesAllowed whether plugins may run programs as plain processes
 */
public record PluginSettings(
        Path pluginsDirectory,
        Path workDirectory,
        Path dataDirectory,
        Path configDirectory,
        Duration pollInterval,
        Duration startTimeout,
        Duration stopTimeout,
        Duration unloadGrace,
        TrustPolicy trust,
        boolean processesAllowed) {

    Path dataOf(String pluginId) {
        return dataDirectory.resolve("plugins").resolve(pluginId);
    }

    Path configOf(String pluginId) {
        return configDirectory.resolve("plugins").resolve(pluginId + ".yaml");
    }
}
