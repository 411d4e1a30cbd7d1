package io.factotum.scripts.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What each executor must do that runs scripts in images. */
public abstract class ImageExecutorContract extends ExecutorContract {

    @Test
    void imageThatCannotBeHadIsNamedAndTheScriptNeverBegins() throws Exception {
        String missing = "127.0.0.1:1/no/such:image";
        RunSpec spec = RunSpecs.with(RunSpecs.shell("echo ran"), missing, List.of("sh"), RunSpecs.LIMITS);
        RecordingSink sink = new RecordingSink();
        assertThatThrownBy(() -> run(spec, sink))
                .hasCauseInstanceOf(NeverBegunException.class)
                .hasMessageContaining(missing)
                .cause()
                .extracting("code")
                .isEqualTo("image_unavailable");
        assertThat(sink.out()).isEmpty();
        assertThat(tries(executor)).doesNotContain(spec.runTry());
    }
}
