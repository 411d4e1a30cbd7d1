package io.factotum.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;

/** Plugins that must fail their tests, each with a sentence that says why. */
class FailingPluginsIT {

    private static final String UNTIL_INTERRUPTED =
            "try { Thread.sleep(600_000); } catch (InterruptedException ended) { }";

    private static final String CODEC = """
            static class Codec implements MessageCodec<Guest, Guest> {
                public void encodeToWire(Buffer buffer, Guest guest) {}
                public Guest decodeFromWire(int pos, Buffer buffer) { return null; }
                public Guest transform(Guest guest) { return guest; }
                public String name() { return "guests-codec"; }
                public byte systemCodecID() { return -1; }
            }
            """;

    private static Path jar = Path.of("");

    @TempDir
    Path directory;

    /** What is run with each of them, from below only. */
    static class Subject {
        @RegisterExtension
        final PluginHarness plugin = PluginHarness.ofJar(jar);

        @Test
        void loads() {
            assertThat(plugin.state()).isEqualTo("ACTIVE");
        }
    }

    /** Two tests on one host, the first of which has its plugin leak. */
    @TestMethodOrder(MethodOrderer.MethodName.class)
    static class LeakyFirst {
        @RegisterExtension
        static final PluginHarness plugin = PluginHarness.ofJar(jar);

        @Test
        void aLeaks() throws IOException {
            plugin.configure("leak: true");
        }

        @Test
        void bDoesNot() {
            assertThat(plugin.state()).isEqualTo("ACTIVE");
        }
    }

    private String failureOf(String startBody, String members) throws IOException {
        jar = GuestJar.make(directory, "guest", startBody, members);
        return failure();
    }

    private static String failure() {
        return failure(Subject.class);
    }

    private static String failure(Class<?> subject) {
        List<String> failures =
                EngineTestKit.engine("junit-jupiter")
                        .selectors(selectClass(subject))
                        .execute()
                        .testEvents()
                        .finished()
                        .stream()
                        .map(event -> event.getRequiredPayload(TestExecutionResult.class))
                        .flatMap(result -> result.getThrowable().stream())
                        .map(String::valueOf)
                        .toList();
        assertThat(failures).hasSize(1);
        return String.valueOf(failures.get(0));
    }

    @Test
    void threadThatIsLeftIsNamed() throws IOException {
        assertThat(failureOf(
                        "Thread left = new Thread(() -> { %s }, \"left-behind\"); left.setDaemon(true); left.start();"
                                .formatted(UNTIL_INTERRUPTED),
                        ""))
                .contains("Plugin 'guest' leaks")
                .contains("guest@1.0.0#")
                .contains("thread 'left-behind' runs its code");
        endLeftBehind();
    }

    private static void endLeftBehind() {
        Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("left-behind"))
                .forEach(Thread::interrupt);
    }

    @Test
    void threadLocalThatIsLeftOnAThreadOfTheHostIsNamed() throws IOException {
        jar = GuestJar.make(directory, "guest", "LOCAL.set(new Guest());", "", "event-loop");
        assertThat(failure())
                .contains("Plugin 'guest' leaks")
                .contains("ThreadLocal of thread 'vert.x-eventloop-thread-")
                .contains("with a value of guest.Guest");
    }

    @Test
    void codecThatIsLeftIsNamed() throws IOException {
        assertThat(failureOf("context.vertx().eventBus().registerCodec(new Codec());", CODEC))
                .contains("Plugin 'guest' leaks")
                .contains("message codec 'guests-codec'");
    }

    @Test
    void leakFailsTheTestThatMadeItAndNoLaterOne() throws IOException {
        String codec = """
                if (context.config().getBoolean("leak", false)) {
                    context.vertx().eventBus().registerCodec(new Codec());
                }
                """;
        jar = GuestJar.make(directory, "guest", codec, CODEC);
        assertThat(failure(LeakyFirst.class)).contains("message codec 'guests-codec'");
    }

    @Test
    void pluginThatDoesNotStartIsToldWithItsReason() throws IOException {
        assertThat(failureOf("if (true) { throw new IllegalStateException(\"no voice\"); }", ""))
                .contains("Cannot start plugin 'guest'")
                .contains("no voice");
    }

    @Test
    void pluginThatStopsBadlyIsToldWithItsReason() throws IOException {
        assertThat(failureOf("", "public Future<?> stop() { throw new IllegalStateException(\"will not go\"); }"))
                .contains("Cannot stop plugin 'guest'")
                .contains("will not go");
    }

    @Test
    void jarThatIsNotThereIsTold() {
        jar = directory.resolve("none.jar");
        assertThat(failure()).contains("none.jar").contains("there is no such file");
    }
}
