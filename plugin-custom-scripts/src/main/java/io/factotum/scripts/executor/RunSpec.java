package io.factotum.scripts.executor;

import java.util.List;
import java.util.Map;

/**
 * What is to run.
 *
 * @param runTry the identity: what is made for it carries it as its name
 * @param labels more to label it with, for people: {@code event}, {@code resource}
 * @param image the container image; an executor without containers ignores it
 * @param command the interpreter with its options; the script's path is added as the last argument
 * @param script as it is to lie in the work directory; not copied
 * @param environment what may be seen by whoever may look at the container
 * @param secrets environment that must not be: never in the container's description, on a command line or in a log
 * @param limits what it may use
 * @param trustDomain runs of the same one may share what makes an executor faster and is not their own, such as a
 *     network namespace; empty: this run shares nothing
 */
public record RunSpec(
        RunTry runTry,
        Map<String, String> labels,
        String image,
        List<String> command,
        byte[] script,
        Map<String, String> environment,
        Map<String, String> secrets,
        Limits limits,
        String trustDomain) {

    /** Copies the collections. */
    public RunSpec {
        labels = Map.copyOf(labels);
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
        secrets = Map.copyOf(secrets);
    }

    /**
     * What a run may use.
     *
     * @param cpus processors, 0.5 for half of one
     * @param memoryBytes memory, with no swap beside it
     * @param processes processes and threads at once
     * @param network the name of the network it joins; {@code none} for none
     * @param user the user, or user:group, that it runs as; {@link #IMAGE_USER} for the image's own
     * @param privileges what it may do beyond what every run may
     */
    public record Limits(
            double cpus, long memoryBytes, long processes, String network, String user, Privileges privileges) {

        /** Stands for the user that the image names, root as a rule. */
        public static final String IMAGE_USER = "image";

        /** Nobody, by number: it need not be known to the image. */
        public static final String NOBODY = "65534:65534";

        /** With no more than every run may. */
        public Limits(double cpus, long memoryBytes, long processes, String network) {
            this(cpus, memoryBytes, processes, network, NOBODY, Privileges.NONE);
        }
    }

    /** Never tells the environment, the secrets or the script. */
    @Override
    public String toString() {
        return "RunSpec[runTry=%s, image=%s, command=%s]".formatted(runTry, image, command);
    }
}
