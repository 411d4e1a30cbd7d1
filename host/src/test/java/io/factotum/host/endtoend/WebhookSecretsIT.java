package io.factotum.host.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.host.endtoend.Api.Placed;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a webhook is told of secrets, and nobody else is. */
class WebhookSecretsIT extends WebhookJourneys {

    private static final String TOKEN = "correct-horse+battery/staple";

    @Test
    void settingsWithFaultsAreRefusedWithAllOfThemAndWithoutASecret() {
        JsonObject offering = new Hooks("wrong", "http://localhost/")
                .with("secret", TOKEN)
                .with("headers", new JsonObject().put("Host", TOKEN).put("X-Key", new JsonObject().put("secret", 7)))
                .with("events", new JsonArray().add("explode"))
                .json();
        String refusal = api().refusal("/offerings", offering);
        assertThat(refusal)
                .contains(
                        "allowed-hosts",
                        "/settings/url",
                        "/settings/secret",
                        "/settings/headers/Host",
                        "/settings/events/0")
                .doesNotContain(TOKEN);
    }

    @Test
    void secretsAreSeenByTheEndpointAlone() throws IOException {
        String url = endpoint.on(
                "/blabs",
                (number, received, response) ->
                        response.end("""
                {"backend_id": "b", "message": "You are %s", "backend_metadata": {"%s": 1}}""".formatted(received.headers().get("Authorization"), HookEndpoint.SECRET)));
        String offering = new Hooks("blabs", url)
                .with("headers", new JsonObject().put("Authorization", "Bearer " + TOKEN))
                .offer(api());
        Placed placed = api().create(offering, "box");
        assertDone(placed);
        assertThat(endpoint.received("/blabs").get(0).headers().get("Authorization"))
                .isEqualTo("Bearer " + TOKEN);
        assertThat(endpoint.received("/blabs").get(0).body().toString()).doesNotContain(TOKEN, "sealed");
        assertThat(api().outputOf(placed.run()).getString("stdout")).contains("You are ***");
        for (String path : List.of(
                "/runs/" + placed.run(),
                "/runs/" + placed.run() + "/output",
                "/orders/" + placed.order(),
                "/resources/" + placed.resource(),
                "/plugins/webhook",
                "/offerings?name=" + offering)) {
            assertHidden(path, api().text(path));
        }
        assertHidden("the host's output", host().output());
        try (Stream<Path> files = Files.walk(installation().data())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(content(file)).as("content of %s", file).doesNotContain(TOKEN, HookEndpoint.SECRET);
            }
        }
    }

    private static void assertHidden(String what, String text) {
        assertThat(text).as(what).isNotEmpty().doesNotContain(TOKEN, HookEndpoint.SECRET);
    }

    private static String content(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException removedMeanwhile) {
            return "";
        }
    }
}
