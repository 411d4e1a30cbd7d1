package io.factotum.scripts.executor.docker;

import io.factotum.scripts.executor.RunSpec;
import io.factotum.scripts.executor.RunTry;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** All of a run that its container is made by: runs of one kind could have each other's. */
record WarmKind(String image, List<String> command, RunSpec.Limits limits, String trustDomain) {

    static WarmKind of(RunSpec spec) {
        return new WarmKind(spec.image(), spec.command(), spec.limits(), spec.trustDomain());
    }

    /** A run of this kind that is nobody's. */
    RunSpec nobodys() {
        return new RunSpec(
                RunTry.first(UUID.randomUUID()),
                Map.of(),
                image,
                command,
                new byte[0],
                Map.of(),
                Map.of(),
                limits,
                trustDomain);
    }
}
