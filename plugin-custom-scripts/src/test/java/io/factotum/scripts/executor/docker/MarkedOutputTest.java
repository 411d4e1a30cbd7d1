package io.factotum.scripts.executor.docker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.StreamType;
import io.factotum.scripts.executor.RecordingSink;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class MarkedOutputTest {

    private static final String WORD = "0123456789abcdef".repeat(2);
    private static final String BEGIN = "\036factotum " + WORD + " begins 1700000000123\n";
    private static final String END = "\036factotum " + WORD + " ends 0\n";

    private final Vertx vertx = Vertx.vertx();
    private final RecordingSink sink = new RecordingSink();

    @AfterEach
    void close() throws Exception {
        vertx.close().await(10, TimeUnit.SECONDS);
    }

    private MarkedOutput output(boolean ofLog) {
        return new MarkedOutput(vertx.getOrCreateContext(), sink, ofLog);
    }

    private static void out(MarkedOutput output, String text) {
        output.accept(new Frame(StreamType.STDOUT, text.getBytes(UTF_8)));
    }

    private static void err(MarkedOutput output, String text) {
        output.accept(new Frame(StreamType.STDERR, text.getBytes(UTF_8)));
    }

    @Test
    void endIsKnownOnlyWhenBothStreamsHaveToldIt() throws Exception {
        MarkedOutput output = output(false);
        err(output, BEGIN);
        out(output, "result" + END);
        assertThat(output.code()).isEmpty();
        err(output, "late" + END.substring(0, 5));
        err(output, END.substring(5));
        assertThat(output.ended().await(10, TimeUnit.SECONDS)).isZero();
        assertThat(sink.out()).isEqualTo("result");
        assertThat(sink.err()).isEqualTo("late");
    }

    @Test
    void standardOutputThatOvertakesTheBeginIsLive() {
        MarkedOutput output = output(false);
        out(output, "early");
        assertThat(output.hasBegun()).isTrue();
        assertThat(sink.out()).isEqualTo("early");
        out(output, "more" + END);
        err(output, BEGIN + END);
        assertThat(output.code()).hasValue(0);
        assertThat(sink.out()).isEqualTo("earlymore");
        assertThat(sink.err()).isEmpty();
    }

    @Test
    void logIsHeldUntilItsHeadIsSeen() {
        MarkedOutput output = output(true);
        out(output, "result" + END);
        assertThat(sink.out()).isEmpty();
        err(output, "a complaint of the shell\n" + BEGIN + END);
        assertThat(sink.out()).isEqualTo("result");
        assertThat(sink.err()).isEqualTo("a complaint of the shell\n");
        assertThat(output.code()).hasValue(0);
        assertThat(output.begunAt()).hasValue(Instant.ofEpochMilli(1700000000123L));
    }

    @Test
    void logWithoutItsHeadSaysSoAndHasNoMarks() {
        MarkedOutput output = output(true);
        out(output, "tail" + END);
        err(output, "apart" + END);
        output.end();
        assertThat(sink.out()).endsWith("before this] tail");
        assertThat(sink.err()).endsWith("before this] apart");
        assertThat(output.code()).hasValue(0);
    }

    @Test
    void wordsOfAWrapperThatBeganNothingAreKept() {
        MarkedOutput output = output(false);
        err(output, "the command 'x' is not in the image\n");
        assertThat(output.hasBegun()).isFalse();
        assertThat(output.wrapperWords()).isEqualTo("the command 'x' is not in the image");
        assertThat(sink.err()).isEmpty();
    }
}
