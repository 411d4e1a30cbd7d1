package io.factotum.host.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.host.endtoend.Api.Placed;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What users do with offerings, and what their scripts may do to the host: the same wherever scripts run. */
abstract class ScriptJourneys extends EndToEnd {

    private static final String RESULT = """
            {"backend_metadata": {"host": "db1"}, "endpoints": [{"name": "web", "url": "https://example.org/"}]}""";
    private static final String MEASURED = """
            {"usages": [{"type": "cpu", "amount": 2.5}, {"type": "storage", "amount": 7}],
             "report": [{"header": "State", "body": "fine"}]}""";

    ScriptJourneys(Where where) {
        super(where);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private Scripts offering(String name) {
        return new Scripts(name, installation());
    }

    /** Orders a resource of that offering and waits for its end. */
    private Placed ordered(Scripts scripts) {
        Placed placed = api().create(scripts.offer(api()), "box");
        api().ended(placed.run());
        return placed;
    }

    @Test
    void resourceIsMadeChangedMeasuredAndRemovedByItsScripts() {
        String offering = offering("whole-life")
                .create("echo making; echo 'a warning' >&2; echo \"id-$RESOURCE_NAME " + base64(RESULT) + "\"")
                .with("update", "env")
                .with("pull", "echo measured; echo " + base64(MEASURED))
                .terminate("echo \"removing $RESOURCE_BACKEND_ID\"")
                .offer(api());
        Placed created = api().create(new JsonObject()
                .put("offering", offering)
                .put("name", "box")
                .put("plan", "small")
                .put("limits", new JsonObject().put("storage", 5)));
        JsonObject run = api().ended(created.run());
        assertThat(run.getString("state")).isEqualTo("SUCCEEDED");
        assertThat(run.getString("executor")).isEqualTo(where().name().toLowerCase(Locale.ROOT));
        JsonObject made = api().resource(created);
        assertThat(made.getString("state")).isEqualTo("OK");
        assertThat(made.getString("backend_id")).isEqualTo("id-box");
        assertThat(made.getJsonObject("backend_metadata")).isEqualTo(new JsonObject().put("host", "db1"));
        assertThat(made.getJsonArray("endpoints"))
                .isEqualTo(
                        new JsonArray().add(new JsonObject().put("name", "web").put("url", "https://example.org/")));
        assertThat(api().order(created).getString("state")).isEqualTo("DONE");
        assertThat(api().outputOf(created.run()).getString("stdout")).startsWith("making\nid-box ");
        assertThat(api().outputOf(created.run()).getString("stderr")).isEqualTo("a warning\n");

        String pull = api().pull(created.resource());
        assertThat(api().ended(pull).getString("state")).isEqualTo("SUCCEEDED");
        assertThat(api().get("/resources/" + created.resource() + "/usages").getJsonArray("items").stream()
                        .map(JsonObject.class::cast)
                        .map(usage -> usage.getString("component") + " " + usage.getString("amount")))
                .containsExactlyInAnyOrder("cpu 2.50", "storage 7.00");
        assertThat(api().get("/resources/" + created.resource() + "/report")
                        .getJsonArray("report")
                        .getJsonObject(0)
                        .getString("body"))
                .isEqualTo("fine");

        Placed terminated = api().terminate(created.resource());
        assertThat(api().ended(terminated.run()).getString("state")).isEqualTo("SUCCEEDED");
        assertThat(api().resource(terminated).getString("state")).isEqualTo("TERMINATED");
        assertThat(api().outputOf(terminated.run()).getString("stdout")).isEqualTo("removing id-box\n");
        assertNothingIsLeft();
    }

    @Test
    void updateScriptIsToldWhatWasAndWhatIsToBe() {
        String offering =
                offering("updates").create("echo made").with("update", "env").offer(api());
        Placed created = api().create(new JsonObject()
                .put("offering", offering)
                .put("name", "box")
                .put("plan", "small")
                .put("limits", new JsonObject().put("storage", 5)));
        api().ended(created.run());

        String planOnly = updated(created, new JsonObject().put("plan", "large"));
        assertThat(planOnly.lines())
                .contains(
                        "EVENT=update",
                        "PLAN_NAME=large",
                        "OLD_PLAN_NAME=small",
                        "PLAN_COMPONENT_AMOUNTS={\"storage\":100}",
                        "LIMITS={\"storage\":5}",
                        "OLD_LIMITS={\"storage\":5}",
                        "ATTRIBUTES={}",
                        "RESOURCE_BACKEND_ID=made",
                        "RESOURCE_UUID=" + created.resource().replace("-", ""));

        String limitsOnly = updated(created, new JsonObject().put("limits", new JsonObject().put("storage", 8)));
        assertThat(limitsOnly.lines())
                .contains(
                        "PLAN_NAME=large",
                        "OLD_PLAN_NAME=large",
                        "LIMITS={\"storage\":8}",
                        "OLD_LIMITS={\"storage\":5}",
                        "ATTRIBUTES={\"old_limits\":{\"storage\":5}}");

        String both = updated(
                created, new JsonObject().put("plan", "small").put("limits", new JsonObject().put("storage", 3)));
        assertThat(both.lines())
                .contains(
                        "PLAN_NAME=small",
                        "OLD_PLAN_NAME=large",
                        "PLAN_COMPONENT_AMOUNTS={\"storage\":10}",
                        "LIMITS={\"storage\":3}",
                        "OLD_LIMITS={\"storage\":8}");
        JsonObject resource = api().resource(created);
        assertThat(resource.getString("state")).isEqualTo("OK");
        assertThat(resource.getJsonObject("plan").getString("name")).isEqualTo("small");
        assertThat(resource.getJsonObject("limits").getInteger("storage")).isEqualTo(3);
    }

    private String updated(Placed created, JsonObject change) {
        Placed update = api().update(created.resource(), change);
        assertThat(api().ended(update.run()).getString("state")).isEqualTo("SUCCEEDED");
        return api().outputOf(update.run()).getString("stdout");
    }

    @Test
    void creationWhoseScriptFailsIsErredAndCanBeTerminated() {
        Placed failed = ordered(offering("fails")
                .create("echo trying very hard; echo 'the disk is full' >&2; exit 3")
                .terminate("echo \"nothing: ${RESOURCE_BACKEND_ID-none}\""));
        assertThat(api().order(failed).getString("state")).isEqualTo("ERRED");
        assertThat(api().order(failed).getString("code")).isEqualTo("script_failed");
        assertThat(api().order(failed).getString("message")).contains("exit code 3", "the disk is full");
        assertThat(api().resource(failed).getString("state")).isEqualTo("ERRED");
        assertThat(api().resource(failed).getString("error_message")).contains("exit code 3");
        assertThat(api().outputOf(failed.run()))
                .isEqualTo(new JsonObject().put("stdout", "trying very hard\n").put("stderr", "the disk is full\n"));

        Placed terminated = api().terminate(failed.resource());
        api().ended(terminated.run());
        assertThat(api().resource(terminated).getString("state")).isEqualTo("TERMINATED");
        assertThat(api().outputOf(terminated.run()).getString("stdout")).isEqualTo("nothing: none\n");
    }

    @Test
    void creationThatFailsAfterItsResultKeepsTheBackendId() {
        Placed failed = ordered(offering("fails-late")
                .create("echo half-made; exit 4")
                .terminate("echo \"removing $RESOURCE_BACKEND_ID\""));
        assertThat(api().resource(failed).getString("state")).isEqualTo("ERRED");
        assertThat(api().resource(failed).getString("backend_id")).isEqualTo("half-made");

        Placed terminated = api().terminate(failed.resource());
        api().ended(terminated.run());
        assertThat(api().outputOf(terminated.run()).getString("stdout")).isEqualTo("removing half-made\n");
    }

    @Test
    void failedCreationIsTerminatedByItselfWhereTheOfferingSaysSo() {
        Placed failed = ordered(offering("cleans-up")
                .create("echo half-made; exit 4")
                .terminate("echo \"removing $RESOURCE_BACKEND_ID\"")
                .failedCreation("terminate"));
        Await.until(
                "the termination",
                () -> api().resource(failed).getString("state").equals("TERMINATED"));
        assertThat(api().order(failed).getString("state")).isEqualTo("ERRED");
        JsonObject termination = api().get("/orders?type=terminate&resource=" + failed.resource())
                .getJsonArray("items")
                .getJsonObject(0);
        assertThat(termination.getString("state")).isEqualTo("DONE");
        assertThat(termination.getString("caused_by")).isEqualTo(failed.order());
        assertThat(api().outputOf(termination.getString("run")).getString("stdout"))
                .isEqualTo("removing half-made\n");
        assertNothingIsLeft();
    }

    @Test
    void scriptPastItsTimeoutIsStoppedAndRecorded() {
        Placed late = ordered(offering("hangs")
                .create("trap 'echo told to stop; exit 5' TERM; echo begun; while true; do sleep 0.1; done")
                .with("timeout", "PT2S"));
        assertThat(api().ended(late.run()).getString("state")).isEqualTo("TIMED_OUT");
        assertThat(api().order(late).getString("state")).isEqualTo("ERRED");
        assertThat(api().order(late).getString("message")).contains("its time was up");
        assertThat(api().outputOf(late.run()).getString("stdout")).isEqualTo("begun\ntold to stop\n");
        assertNothingIsLeft();
    }

    @Test
    void scriptThatIgnoresBeingToldToStopIsKilledAfterTheGrace() {
        Placed late = ordered(offering("will-not-stop")
                .create("trap 'echo no' TERM; echo begun; while true; do sleep 0.1; done")
                .with("timeout", "PT2S"));
        assertThat(api().ended(late.run()).getString("state")).isEqualTo("TIMED_OUT");
        assertThat(api().ended(late.run()).getInteger("exit_code")).isEqualTo(137);
        assertThat(api().outputOf(late.run()).getString("stdout")).startsWith("begun\nno");
        assertNothingIsLeft();
    }

    @Test
    void creationThatPrintsNothingIsOkWithoutBackendId() {
        Placed silent = ordered(offering("silent").create("true"));
        assertThat(api().resource(silent).getString("state")).isEqualTo("OK");
        assertThat(api().resource(silent).containsKey("backend_id")).isFalse();
    }

    @Test
    void scriptThatExitsWellWithNonsenseIsErredAndQuoted() {
        Placed nonsense = ordered(offering("nonsense").create("echo all went very well"));
        assertThat(api().resource(nonsense).getString("state")).isEqualTo("ERRED");
        assertThat(api().order(nonsense).getString("message"))
                .contains("'all went very well'", "it has more than two words", "Expected the resource's id");
    }

    @Test
    void resultIsFoundBehindTwoHundredMegabytesOfWhichHeadAndTailAreKept() {
        Placed chatty = ordered(offering("chatty").create("""
                echo first line
                line=$(printf '%0999d' 7)
                yes "$line" | head -c 200000000
                echo found-it
                """));
        assertThat(api().order(chatty).getString("message")).isEmpty();
        assertThat(api().resource(chatty).getString("backend_id")).isEqualTo("found-it");
        String kept = api().outputOf(chatty.run()).getString("stdout");
        assertThat(kept).startsWith("first line\n").endsWith("\nfound-it\n").hasSizeLessThan(1_100_000);
        Matcher gap = Pattern.compile("\\[\\.\\.\\. (\\d+) bytes left out \\.\\.\\.]\n")
                .matcher(kept);
        assertThat(gap.find()).as("tells of what is left out").isTrue();
        int shown = kept.length() - gap.group().length();
        long printed = "first line\n".length() + 200_000_000L + "found-it\n".length();
        // A line break may be put before the gap, so that it stands alone.
        assertThat(Long.parseLong(gap.group(1)) + shown).isBetween(printed, printed + 1);
        assertNothingIsLeft();
    }

    @Test
    void backgroundChildDoesNotKeepTheRunOpenAndIsGoneAfterwards() {
        long begin = System.nanoTime();
        Placed forked = ordered(offering("forks").create("sleep 600 & echo made"));
        assertThat(Duration.ofNanos(System.nanoTime() - begin))
                .as("time for a script that only leaves a child behind")
                .isLessThan(Duration.ofSeconds(30));
        assertThat(api().resource(forked).getString("backend_id")).isEqualTo("made");
        assertNothingIsLeft();
    }

    @Test
    void canceledScriptIsStopped() {
        Placed placed = api().create(offering("canceled").create(Scripts.WAITS).offer(api()), "box");
        awaitBegun(placed.run());
        api().cancel(placed.run());
        assertThat(api().ended(placed.run()).getString("state")).isEqualTo("CANCELED");
        assertThat(api().order(placed).getString("state")).isEqualTo("CANCELED");
        assertThat(api().resource(placed).getString("state")).isEqualTo("ERRED");
        assertThat(installation().ended(placed.run())).isZero();
        assertNothingIsLeft();
    }
}
