package io.factotum.host.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.host.endtoend.Api.Placed;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A secret that a script is given is nowhere to be read. */
interface SecretJourneys extends OneHost {

    String SECRET = "correct-horse+battery/staple";
    String ENCODED = Base64.getEncoder().encodeToString(SECRET.getBytes(StandardCharsets.UTF_8));

    /** What the script itself declares to be a secret. */
    String DECLARED = "made-while/running+42";

    String DECLARED_ENCODED = Base64.getEncoder().encodeToString(DECLARED.getBytes(StandardCharsets.UTF_8));

    /** Prints it in several ways, while it runs and at its end, where the message quotes it. */
    String BLABS = """
            echo "it is $TOKEN"
            echo "it is [$TOKEN]" >&2
            printf '%s' "$TOKEN" | base64
            made=made-while/running
            made="$made+42"
            echo "::add-mask::$made"
            echo "made [$made]"
            echo "made [$made]" >&2
            printf '%s' "$made" | base64
            printf '{"k":"%s"}' "$made" | base64
            """ + Scripts.WAITS + """
            echo "well then $TOKEN and $made"
            """;

    @Test
    default void secretOfAnOfferingIsSeenByItsScriptAlone() throws IOException {
        String offering = new Scripts("blabs", installation())
                .create(BLABS)
                .secret("TOKEN", SECRET)
                .offer(api());
        Placed placed = api().create(offering, "box");
        awaitBegun(placed.run());
        JsonObject running = api().run(placed.run(), run -> run.getString("reference") != null);
        Await.until(
                "output while it runs",
                () -> api().outputOf(placed.run()).getString("stdout").contains("begun"));
        assertHidden("output while it runs", api().text("/runs/" + placed.run() + "/output"));
        lookFromOutside(running.getString("reference"));
        installation().letGo(placed.run());

        assertThat(api().ended(placed.run()).getString("state")).isEqualTo("FAILED");
        JsonObject output = api().outputOf(placed.run());
        assertThat(output.getString("stdout")).startsWith("it is ***").contains("made [***]", "begun");
        assertThat(output.getString("stderr")).isEqualTo("it is [***]\nmade [***]\n");
        assertThat(api().text("/runs/" + placed.run() + "/output/events")).contains("made [***]", "event: end");
        String offeringId = api().get("/offerings").getJsonArray("items").stream()
                .map(JsonObject.class::cast)
                .filter(item -> item.getString("name").equals(offering))
                .map(item -> item.getString("uuid"))
                .findFirst()
                .orElseThrow();
        for (String path : List.of(
                "/runs/" + placed.run(),
                "/runs/" + placed.run() + "/output",
                "/runs/" + placed.run() + "/output?stream=stdout",
                "/runs/" + placed.run() + "/output/events",
                "/orders/" + placed.order(),
                "/resources/" + placed.resource(),
                "/offerings/" + offeringId)) {
            assertHidden(path, api().text(path));
        }
        assertNothingIsLeft();
        assertHidden("the host's output", host().output());
        assertNoFileHolds(installation().data());
    }

    /** What somebody sees who may look at what runs the script. */
    void lookFromOutside(String reference);

    static void assertHidden(String what, String text) {
        assertThat(text).as(what).isNotEmpty().doesNotContain(SECRET, ENCODED, DECLARED, DECLARED_ENCODED);
    }

    private static void assertNoFileHolds(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            assertThat(files.filter(Files::isRegularFile).filter(SecretJourneys::holdsSecret))
                    .as("files that hold the secret")
                    .isEmpty();
        }
    }

    private static boolean holdsSecret(Path file) {
        try {
            String content = Files.readString(file, StandardCharsets.ISO_8859_1);
            return Stream.of(SECRET, ENCODED, DECLARED, DECLARED_ENCODED).anyMatch(content::contains);
        } catch (IOException removedMeanwhile) {
            return false;
        }
    }
}
