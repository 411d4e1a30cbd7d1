package io.factotum.host.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.host.endtoend.Api.Placed;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** Interruptions of runs in containers, those by the engine too. */
@EnabledIfEnvironmentVariable(named = "DOCKER_HOST", matches = Engine.HERE, disabledReason = Engine.NONE)
class DockerInterruptionsIT extends InterruptedRuns {

    DockerInterruptionsIT() {
        super(Where.DOCKER);
    }

    @AfterEach
    void engineIsBack() {
        if (System.getenv("FACTOTUM_TEST_ENGINE") != null) {
            Engine.start();
        }
    }

    @Test
    @EnabledIfEnvironmentVariable(named = "FACTOTUM_TEST_ENGINE", matches = ".+", disabledReason = Engine.NOT_OURS)
    void runThatARestartOfTheEngineEndsSaysSo() {
        Placed placed = begun("engine-restarted");
        Engine.restart();
        assertEndedByTheEngine(placed);
    }

    @Test
    @EnabledIfEnvironmentVariable(named = "FACTOTUM_TEST_ENGINE", matches = ".+", disabledReason = Engine.NOT_OURS)
    void runOfAnEngineThatIsKilledSaysSoOnceTheEngineIsBack() {
        Placed placed = begun("engine-killed");
        Engine.kill();
        Engine.start();
        assertEndedByTheEngine(placed);
    }

    private void assertEndedByTheEngine(Placed placed) {
        JsonObject run = api().ended(placed.run());
        assertThat(run.getString("state")).isEqualTo("FAILED");
        assertThat(run.getString("code")).isEqualTo("engine_fault");
        assertThat(api().order(placed).getString("state")).isEqualTo("ERRED");
        assertThat(api().order(placed).getString("message")).contains("The engine was stopped or restarted");
        assertThat(api().outputOf(placed.run()).getString("stdout")).isEqualTo("begun\n");
        assertThat(installation().begun(placed.run())).isEqualTo(1);
        assertThat(installation().ended(placed.run())).isZero();
        assertNothingIsLeft();
    }

    @Test
    @EnabledIfEnvironmentVariable(named = "FACTOTUM_TEST_ENGINE", matches = ".+", disabledReason = Engine.NOT_OURS)
    void orderWaitsForAnEngineThatIsAwayAndIsCarriedOutOnceItIsBack() {
        Engine.kill();
        Placed placed = api().create(
                        api().get("/offerings?name=quick")
                                .getJsonArray("items")
                                .getJsonObject(0)
                                .getString("uuid"),
                        "patient");
        JsonObject waiting = api().run(
                        placed.run(),
                        run -> "engine_unavailable".equals(run.getString("code")) && run.getInteger("attempt") > 1);
        assertThat(waiting.getString("message")).contains("Cannot use the Docker engine", "Start it");
        assertThat(api().resource(placed).getString("state")).isEqualTo("CREATING");
        Engine.start();
        JsonObject run = api().ended(placed.run());
        assertThat(run.getString("state")).isEqualTo("SUCCEEDED");
        assertThat(api().order(placed).getString("state")).isEqualTo("DONE");
        assertThat(api().order(placed).getString("message")).isEmpty();
        assertRanOnce(placed.run());
        assertNothingIsLeft();
    }
}
