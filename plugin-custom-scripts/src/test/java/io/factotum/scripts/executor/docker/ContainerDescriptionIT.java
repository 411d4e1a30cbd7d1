package io.factotum.scripts.executor.docker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.factotum.scripts.executor.Leftover;
import io.factotum.scripts.executor.RecordingSink;
import io.factotum.scripts.executor.RunSpec;
import io.factotum.scripts.executor.RunSpecs;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** What a container tells of its run, by its name, its labels and its description, and what it does not. */
@EnabledIfEnvironmentVariable(named = "DOCKER_HOST", matches = ".+", disabledReason = TestEngine.NONE)
final class ContainerDescriptionIT extends OnDocker {

    @Test
    void nothingOfARunIsInItsContainersDescription() throws Exception {
        String secret = "correct horse battery staple";
        RunSpec spec = RunSpecs.shell(
                "echo \"$SEEN $S\"; ls -A # no-one-sees-this", Map.of("SEEN", "plain-value"), Map.of("S", secret));
        RecordingSink sink = new RecordingSink();
        run(spec, sink);
        assertThat(sink.out()).isEqualTo("plain-value " + secret + "\nscript\n");
        String name = ContainerRecipe.name(spec.runTry());
        String description = new ObjectMapper()
                .writeValueAsString(await(engine.inspect(name)).orElseThrow());
        // The second is what the client leaves out.
        for (String told : List.of(description, TestEngine.inspect(name))) {
            assertThat(told)
                    .contains(name)
                    .doesNotContain("SEEN")
                    .doesNotContain("plain-value")
                    .doesNotContain(secret)
                    .doesNotContain(Base64.getEncoder().encodeToString(secret.getBytes(UTF_8)))
                    .doesNotContain("no-one-sees-this");
        }
    }

    @Test
    void wrapperLeavesNothingInTheScriptsEnvironment() throws Exception {
        RecordingSink sink = new RecordingSink();
        run(RunSpecs.shell("env | cut -d= -f1", Map.of("A", "1"), Map.of("B", "2")), sink);
        // The last are the image's, the engine's and any shell's.
        assertThat(sink.out().split("\n"))
                .contains("A", "B", "HOME")
                .isSubsetOf("A", "B", "HOME", "PATH", "HOSTNAME", "PWD", "OLDPWD", "SHLVL", "_");
    }

    @Test
    void leftoversAreKnownByTheirName() throws Exception {
        RunSpec spec = RunSpecs.shell(":");
        String unlabelled =
                await(engine.create(spec.image(), create -> create.withName(ContainerRecipe.name(spec.runTry()))
                        .withLabels(Map.of(ContainerRecipe.INSTALL_LABEL, "faults"))));
        String misleading = await(engine.create(spec.image(), create -> create.withName("factotum-other")
                .withLabels(Map.of(
                        ContainerRecipe.INSTALL_LABEL,
                        "faults",
                        ContainerRecipe.RUN_LABEL,
                        UUID.randomUUID().toString()))));
        try {
            assertThat(await(executor.list())).extracting(Leftover::runTry).containsExactly(spec.runTry());
        } finally {
            await(engine.remove(unlabelled));
            await(engine.remove(misleading));
        }
    }

    @Test
    void otherLabelsAreForPeople() throws Exception {
        RunSpec spec = RunSpecs.shell(":");
        created(spec);
        Map<String, String> labels = await(engine.inspect(ContainerRecipe.name(spec.runTry())))
                .orElseThrow()
                .getConfig()
                .getLabels();
        assertThat(labels)
                .containsEntry("factotum.io/install", "faults")
                .containsEntry("factotum.io/run", spec.runTry().run().toString())
                .containsEntry("factotum.io/event", "create");
        assertThat(UUID.fromString(labels.get("factotum.io/run")))
                .isEqualTo(spec.runTry().run());
    }
}
