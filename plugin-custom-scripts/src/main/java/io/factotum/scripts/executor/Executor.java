package io.factotum.scripts.executor;

import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/**
 * Runs scripts, each in a one-time place of its own that carries the run's id and try as its name.
 *
 * <p>Methods are called on the plugin's context and their futures complete there. None blocks the caller.
 */
public interface Executor {

    /** Its name in configuration and in stored runs: {@code docker}, {@code process}. */
    String name();

    /** What a run is called there, for people: a container's name. */
    String reference(RunTry runTry);

    /** Whether it can be used now. Fails with a message that says what is not there and what to do. */
    Future<Void> check();

    /**
     * Starts the run's script, or adopts what an earlier call left of it.
     *
     * <p>What was prepared stays until {@link #remove}, also if the script never began: the run may be on record as begun, and
     * with nothing there nobody could tell any more that it was not.
     *
     * @param permission asked for once all is prepared; the script may not begin before it is given. A refusal is passed on.
     * @param sink gets all that the script prints, from its first byte
     * @return completes when the script has begun, or when it is refused for good: then with its end, and if nothing was made for
     *     it, without having asked for permission. Fails with {@link NeverBegunException} if it provably never did begin.
     */
    Future<Execution> start(RunSpec spec, Permission permission, OutputSink sink);

    /**
     * Adopts what an earlier {@link #start} left of a run, in this process or another: finished, its result is read;
     * running, it is followed; prepared but provably never begun, it is begun now.
     *
     * @return empty if nothing of it is there
     */
    Future<Optional<Execution>> adopt(RunSpec spec, Permission permission, OutputSink sink);

    /**
     * Removes what is left of a try, stopping it if need be. Nothing happens if nothing is left. Called once what became of the
     * run is on record.
     */
    Future<Void> remove(RunTry runTry);

    /** What carries this installation's label. */
    Future<List<Leftover>> list();

    /** Lets go of connections and threads. Scripts that run go on, to be adopted later. */
    Future<Void> close();
}
