package io.factotum.bench.plugins;

import java.nio.file.Path;
import org.pf4j.JarPluginManager;
import org.pf4j.PluginManager;

/** PF4J, called as its documentation tells. */
final class Pf4jLane {

    private final PluginManager manager;

    Pf4jLane(Path directory) {
        this.manager = new JarPluginManager(directory);
    }

    Lap lap(BenchJar jar) {
        long begin = System.nanoTime();
        String id = manager.loadPlugin(jar.file());
        manager.startPlugin(id);
        long started = System.nanoTime();
        manager.stopPlugin(id);
        if (!manager.unloadPlugin(id)) {
            throw new IllegalStateException("PF4J cannot unload " + id);
        }
        return new Lap(Lap.millis(started - begin), Lap.millis(System.nanoTime() - started));
    }
}
