package io.factotum.host;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;

/** Makes Vert.x as a {@link Host} needs it. */
public final class HostVertx {

    private HostVertx() {}

    /** Whoever calls closes it. */
    public static Vertx create() {
        // Files of plugins are their own: Vert.x would look for them by one class loader for all, and remember them.
        return Vertx.vertx(new VertxOptions()
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
    }
}
