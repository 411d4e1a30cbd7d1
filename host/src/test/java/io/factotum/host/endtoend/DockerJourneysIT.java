package io.factotum.host.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.host.endtoend.Api.Placed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** The journeys, in containers. */
@EnabledIfEnvironmentVariable(named = "DOCKER_HOST", matches = Engine.HERE, disabledReason = Engine.NONE)
class DockerJourneysIT extends ScriptJourneys implements ExampleJourneys, SecretJourneys {

    DockerJourneysIT() {
        super(Where.DOCKER);
    }

    @Override
    void configure(Installation installation) {
        installation.with("lifecycle.retry-for", "PT2S");
    }

    @Test
    void imageThatCannotBeHadIsTriedForAWhileAndThenNamed() {
        Placed placed = api().create(
                        new Scripts("no-image", installation())
                                .create("echo made")
                                .with("language", "missing")
                                .offer(api()),
                        "box");
        assertThat(api().ended(placed.run()).getString("state")).isEqualTo("FAILED");
        assertThat(api().order(placed).getString("message")).contains("factotum-test/not-there:1", "nothing was run");
        assertThat(api().resource(placed).getString("state")).isEqualTo("ERRED");
    }

    @Test
    void runTellsWhatImageItRanIn() {
        Placed placed = api().create(
                        new Scripts("image", installation()).create("echo made").offer(api()), "box");
        assertThat(api().ended(placed.run()).getString("image")).startsWith("sha256:");
    }

    @Override
    public void lookFromOutside(String reference) {
        SecretJourneys.assertHidden("docker inspect", Engine.inspect(reference));
    }
}
