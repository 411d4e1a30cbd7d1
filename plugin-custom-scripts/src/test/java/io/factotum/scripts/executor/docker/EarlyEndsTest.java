package io.factotum.scripts.executor.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.model.Event;
import com.github.dockerjava.api.model.EventActor;
import io.vertx.core.Promise;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which of the engine's events end a wait. */
final class EarlyEndsTest {

    private final EarlyEnds ends = new EarlyEnds();
    private final Promise<Integer> code = Promise.promise();

    @BeforeEach
    void awaitOne() {
        ends.await("one", code);
    }

    @Test
    void containerThatEndedWellNeedNotBeWaitedFor() {
        ends.accept(event("die", "one", Map.of("exitCode", "0")));
        assertThat(code.future().result()).isZero();
    }

    @Test
    void endOfAnotherContainerIsNotTakenForIt() {
        ends.accept(event("die", "two", Map.of("exitCode", "0")));
        assertThat(code.future().isComplete()).isFalse();
    }

    @Test
    void containerThatEndedOtherwiseIsWaitedForToBeLookedAt() {
        ends.accept(event("die", "one", Map.of("exitCode", "137")));
        ends.accept(event("die", "one", Map.of()));
        assertThat(code.future().isComplete()).isFalse();
    }

    @Test
    void eventThatIsNoEndDoesNotEndIt() {
        ends.accept(event("start", "one", Map.of("exitCode", "0")));
        ends.accept(new Event());
        assertThat(code.future().isComplete()).isFalse();
    }

    @Test
    void codeOfTheWaitCountsWhereItCameFirst() {
        code.complete(3);
        ends.accept(event("die", "one", Map.of("exitCode", "0")));
        assertThat(code.future().result()).isEqualTo(3);
    }

    private static Event event(String action, String id, Map<String, String> attributes) {
        return new Event()
                .withAction(action)
                .withEventActor(new EventActor().withId(id).withAttributes(attributes));
    }
}
