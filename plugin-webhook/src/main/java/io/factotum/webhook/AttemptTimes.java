package io.factotum.webhook;

import io.factotum.api.metrics.Meters;
import io.factotum.api.metrics.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** How long attempts took, by what was answered. */
final class AttemptTimes {

    private static final String NO_ANSWER = "none";

    private final Map<String, Timer> timers = new TreeMap<>();

    AttemptTimes(Meters meters) {
        for (String answer : new String[] {"1xx", "2xx", "3xx", "4xx", "5xx", NO_ANSWER}) {
            timers.put(answer, meters.timer("attempts", "Requests to endpoints, by status", "answer", answer));
        }
    }

    void answered(int status, Duration took) {
        record(status / 100 + "xx", took);
    }

    void unanswered(Duration took) {
        record(NO_ANSWER, took);
    }

    private void record(String answer, Duration took) {
        // A status may be any number.
        Timer timer = timers.get(answer);
        if (timer != null) {
            timer.record(took);
        }
    }
}
