package io.factotum.host.storage;

import io.vertx.core.VertxException;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.ClosedConnectionException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What kind of failure a statement met. */
public final class PgErrors {

    /** What the client says of a connection lost or not had in time, with an exception of no type of its own. */
    private static final List<String> WITHOUT_A_TYPE = List.of(
            "Timeout",
            "Connection is not active",
            "Connection was closed",
            "Pending requests failed to be sent",
            "Failed to read any response");

    private PgErrors() {}

    /** PostgreSQL has undone the transaction, which met others, and asks to repeat it. */
    static boolean wasUndone(Throwable failure) {
        return failure instanceof PgException pg
                && ("40001".equals(pg.getSqlState()) || "40P01".equals(pg.getSqlState()));
    }

    /** A connection was lost or could not be had. */
    public static boolean isTransient(Throwable failure) {
        if (failure instanceof PgException pg) {
            String state = String.valueOf(pg.getSqlState());
            return state.startsWith("08") // connection
                    || state.startsWith("57P") // shut down, crashed, starting up
                    || state.startsWith("53"); // out of connections, memory, disk
        }
        return failure instanceof ClosedConnectionException
                || failure instanceof IOException
                || failure instanceof TimeoutException
                || failure instanceof VertxException
                        && WITHOUT_A_TYPE.stream().anyMatch(String.valueOf(failure.getMessage())::startsWith);
    }

    /** A value that PostgreSQL cannot store: not a character of its own, out of range, too deep. */
    public static boolean isUnstorable(Throwable failure) {
        return failure instanceof PgException pg
                && (String.valueOf(pg.getSqlState()).startsWith("22")
                        || String.valueOf(pg.getSqlState()).startsWith("54")
                        || String.valueOf(pg.getSqlState()).startsWith("23514"));
    }

    /** The unique constraint or index that a statement would have violated. */
    public static @Nullable String violatedConstraint(Throwable failure) {
        return failure instanceof PgException pg && "23505".equals(pg.getSqlState()) ? pg.getConstraint() : null;
    }
}
