package io.factotum.scripts.executor;

import io.vertx.core.Future;

/** Answers to who asks whether a script may begin. */
public final class Permissions {

    private Permissions() {}

    /** It may. */
    public static Permission granted() {
        return new Permission(Future::succeededFuture);
    }

    /** It may not. */
    public static Permission refused(Throwable refusal) {
        return new Permission(() -> Future.failedFuture(refusal));
    }
}
