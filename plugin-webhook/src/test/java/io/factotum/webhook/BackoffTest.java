package io.factotum.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BackoffTest {

    private static final Backoff BACKOFF =
            new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(60), Duration.ofMinutes(10));
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    /** Draws that one number for ever. */
    private static RandomGenerator drawing(double share) {
        return new RandomGenerator() {
            @Override
            public long nextLong() {
                throw new UnsupportedOperationException("Only shares are drawn.");
            }

            @Override
            public double nextDouble() {
                return share;
            }
        };
    }

    @ParameterizedTest
    @CsvSource({"1, 500, 1000", "2, 1000, 2000", "4, 4000, 8000", "7, 30000, 60000", "1000000, 30000, 60000"})
    void waitIsDoubledUpToTheLongestAndUpToHalfOfItIsLeftOut(int failures, long least, long most) {
        assertThat(BACKOFF.delay(failures, Optional.empty(), drawing(0))).hasMillis(least);
        assertThat(BACKOFF.delay(failures, Optional.empty(), drawing(1))).hasMillis(most);
    }

    @Test
    void whatTheEndpointAsksForIsNeverCutShortButCapped() {
        Optional<Duration> asked = Optional.of(Duration.ofSeconds(7));
        assertThat(BACKOFF.delay(1, asked, drawing(0))).hasSeconds(7);
        assertThat(BACKOFF.delay(1, asked, drawing(1))).hasSeconds(8);
        assertThat(BACKOFF.delay(1, Optional.of(Duration.ofDays(1)), drawing(0)))
                .hasMinutes(10);
        assertThat(BACKOFF.delay(9, Optional.of(Duration.ZERO), drawing(1))).hasMillis(0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"120|120", " 3 |3", "0|0", "Thu, 01 Jan 2026 00:00:30 GMT|30", "Wed, 31 Dec 2025 23:00:00 GMT|0"})
    void retryAfterIsReadAsSecondsAndAsADate(String header, long seconds) {
        assertThat(Backoff.retryAfter(header, NOW)).contains(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "-1", "1.5", "99999999999999999999", "2026-01-01T00:00:30Z"})
    void retryAfterThatIsNothingIsLeftOut(String header) {
        assertThat(Backoff.retryAfter(header, NOW)).isEmpty();
    }

    @Test
    void retryAfterMayBeAbsent() {
        assertThat(Backoff.retryAfter(null, NOW)).isEmpty();
    }
}
