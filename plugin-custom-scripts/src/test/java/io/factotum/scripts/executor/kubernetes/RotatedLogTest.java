package io.factotum.scripts.executor.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Logs that a node rotates or cuts short while, or before, they are read. */
class RotatedLogTest extends OnClusterDouble {

    private static final String EARLY = "early line\n".repeat(200);
    private static final String LATE = "late line\n".repeat(200) + "the result\n";

    private final AtomicInteger readings = new AtomicInteger();

    @Test
    void logThatIsRotatedWhileItIsFollowedLosesNothingOfWhatTheNodeStillHas() throws Exception {
        kubelet.fate = (node, pod) -> {
            String mark = mark(pod);
            // The stream ends with the rotation; a later reading has the new file alone.
            serve(pod, mark + "B\n" + EARLY, LATE + mark + "X0\n");
            node.running(pod);
            node.later(1000, () -> node.ended(pod, 0, "Completed"));
        };
        assertThat(run().code()).isZero();
        assertThat(sink.out()).startsWith(EARLY).endsWith(LATE).contains("the node's log was rotated");
        assertThat(sink.out().length()).isLessThan(EARLY.length() + LATE.length() + 200);
    }

    @Test
    void logOfWhichOnlyTheEndIsLeftStillHasTheResult() throws Exception {
        kubelet.fate = (node, pod) -> {
            serve(pod, LATE + mark(pod) + "X0\n");
            node.ended(pod, 0, "Completed");
        };
        assertThat(run().code()).isZero();
        assertThat(sink.out()).endsWith(LATE).contains("the node's log was rotated");
    }

    @Test
    void tailThatTheStreamDidNotBringIsReadAfterTheEnd() throws Exception {
        kubelet.fate = (node, pod) -> {
            String mark = mark(pod);
            String whole = mark + "B\n" + EARLY + mark + "Ea warning\n" + LATE + mark + "X0\n";
            serve(pod, whole.substring(0, 700), whole);
            node.running(pod);
            node.later(500, () -> node.ended(pod, 0, "Completed"));
        };
        assertThat(run().code()).isZero();
        assertThat(sink.out()).isEqualTo(EARLY + LATE);
        assertThat(sink.err()).isEqualTo("a warning\n");
    }

    @Test
    void streamThatFallsSilentIsReplacedAfterTheEnd() throws Exception {
        kubelet.fate = (node, pod) -> {
            String mark = mark(pod);
            String whole = mark + "B\n" + EARLY + LATE + mark + "X0\n";
            api.logs.put(JobControllerDouble.name(pod), (follow, response) -> {
                if (readings.getAndIncrement() == 0) {
                    // Followed past a rotation that the node did not notice: nothing comes any more.
                    response.setChunked(true).write(whole.substring(0, 900));
                } else {
                    response.end(whole);
                }
            });
            node.running(pod);
            node.later(500, () -> node.ended(pod, 0, "Completed"));
        };
        assertThat(run().code()).isZero();
        assertThat(sink.out()).isEqualTo(EARLY + LATE);
        assertThat(readings).hasValue(2);
    }

    private void serve(JsonObject pod, String... each) {
        api.logs.put(
                JobControllerDouble.name(pod),
                (follow, response) -> response.end(each[Math.min(readings.getAndIncrement(), each.length - 1)]));
    }

    private static String mark(JsonObject pod) {
        return PodWrapper.mark(UUID.fromString(
                pod.getJsonObject("metadata").getJsonObject("labels").getString(JobRecipe.RUN_LABEL)));
    }
}
