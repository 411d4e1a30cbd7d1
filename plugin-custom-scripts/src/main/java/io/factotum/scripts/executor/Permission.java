package io.factotum.scripts.executor;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Leave for a script to begin. An executor asks for it once everything is prepared and nothing has had an effect: so what
 * is on record as begun has at least been prepared, and can be found.
 */
public final class Permission {

    private final Supplier<Future<Void>> source;
    private final Supplier<Future<Void>> followSource;
    private final Promise<Throwable> withdrawal = Promise.promise();
    private @Nullable Future<Void> answer;
    private @Nullable Future<Void> followAnswer;

    /** With what is called when it is asked for, once at most. */
    public Permission(Supplier<Future<Void>> source) {
        this(source, source);
    }

    /**
     * With an answer of its own for a script that has begun before.
     *
     * @param source called when leave to begin is asked for, once at most
     * @param followSource called when leave to follow is asked for, once at most
     */
    public Permission(Supplier<Future<Void>> source, Supplier<Future<Void>> followSource) {
        this.source = source;
        this.followSource = followSource;
    }

    /** The answer; asks for it at the first call. The script may not begin before it has succeeded. */
    public synchronized Future<Void> ask() {
        if (answer == null) {
            answer = source.get();
        }
        return answer;
    }

    /**
     * Leave to take up a script that has begun already. It is given also for one that is to be stopped: who follows it can
     * stop it and tell how it ended. Asks for it at the first call.
     */
    public synchronized Future<Void> askToFollow() {
        if (followAnswer == null) {
            followAnswer = followSource.get();
        }
        return followAnswer;
    }

    /** Whether leave to begin was asked for, answered or not. */
    public synchronized boolean isAsked() {
        return answer != null;
    }

    /** Takes the leave back: a script that has not begun is not to begin any more. */
    public void withdraw(Throwable why) {
        withdrawal.tryComplete(why);
    }

    /**
     * Completes with the reason when the leave is taken back. An executor whose script waits to begin, as for a place to
     * run or its image, then sees to it that it never does, and fails with this reason; one that cannot goes on.
     */
    public Future<Throwable> withdrawn() {
        return withdrawal.future();
    }

    /** The outcome of a step, unless the leave is taken back first: then that reason, as soon as it is there. */
    public Future<Void> unlessWithdrawn(Future<Void> step) {
        Promise<Void> first = Promise.promise();
        withdrawn().onSuccess(first::tryFail);
        step.onComplete(first::tryComplete, first::tryFail);
        return first.future();
    }

    /** Whether it was asked for and given. */
    public synchronized boolean isGranted() {
        return answer != null && answer.succeeded();
    }

    /** Whether it was asked for and refused. */
    public synchronized boolean isRefused() {
        return answer != null && answer.failed();
    }
}
