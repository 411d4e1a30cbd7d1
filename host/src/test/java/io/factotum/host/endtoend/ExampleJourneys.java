package io.factotum.host.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.host.endtoend.Api.Placed;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The offerings that come with the host, taken from their files as {@code bin/run} does. */
interface ExampleJourneys extends OneHost {

    /** The directory that the examples keep things in, as the tests see it. */
    private Path store() {
        Path shared = installation().shared();
        return where() == Where.DOCKER ? shared : shared.resolve(".factotum-examples");
    }

    @ParameterizedTest
    @CsvSource({
        "sqlite-database, small, large, databases/%s.sqlite, Rows",
        "mailbox, personal, business, mailboxes/%s, Messages",
        "shared-folder, team, company, folders/%s, State"
    })
    default void exampleIsMadeChangedMeasuredAndRemoved(
            String offering, String plan, String otherPlan, String made, String reported) {
        Placed created = api().create(new JsonObject()
                .put("offering", offering)
                .put("name", "mine")
                .put("plan", plan));
        succeeded(created);
        JsonObject resource = api().resource(created);
        assertThat(resource.getString("state")).isEqualTo("OK");
        assertThat(resource.getString("backend_id")).isNotBlank();
        Path thing = store().resolve(made.formatted(created.resource().replace("-", "")));
        assertThat(thing).exists();

        succeeded(api().update(created.resource(), new JsonObject().put("plan", otherPlan)));
        assertThat(api().resource(created).getJsonObject("plan").getString("name"))
                .isEqualTo(otherPlan);

        String pull = api().pull(created.resource());
        assertThat(api().ended(pull).getString("message")).isEmpty();
        assertThat(api().get("/resources/" + created.resource() + "/usages").getJsonArray("items"))
                .hasSize(2);
        assertThat(api().get("/resources/" + created.resource() + "/report").getJsonArray("report").stream()
                        .map(JsonObject.class::cast)
                        .map(section -> section.getString("header")))
                .contains(reported);

        succeeded(api().terminate(created.resource()));
        assertThat(api().resource(created).getString("state")).isEqualTo("TERMINATED");
        assertThat(Files.exists(thing)).as("%s is there", thing).isFalse();
    }

    private void succeeded(Placed placed) {
        JsonObject run = api().ended(placed.run());
        assertThat(run.getString("state")).as("state of %s", run).isEqualTo("SUCCEEDED");
        assertThat(api().order(placed).getString("state")).isEqualTo("DONE");
    }
}
