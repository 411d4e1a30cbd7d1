package io.factotum.webhook;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * When to try again.
 *
 * @param first before the first retry
 * @param most the longest that is waited unasked
 * @param mostAsked the longest that an endpoint may ask for
 */
record Backoff(Duration first, Duration most, Duration mostAsked) {

    private static final int MOST_DOUBLINGS = 20;
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}");

    /**
     * How long to wait: what the endpoint asks for, never less; else doubled with each failure, and between a half and
     * all of that, so that many who failed at once do not come back at once.
     *
     * @param failures how often it has failed, from 1
     */
    Duration delay(int failures, Optional<Duration> asked, RandomGenerator random) {
        if (asked.isPresent()) {
            Duration capped = shorter(asked.get(), mostAsked);
            return capped.plus(part(shorter(first, capped), random.nextDouble()));
        }
        Duration doubled = first.multipliedBy(1L << Math.min(Math.max(failures, 1) - 1, MOST_DOUBLINGS));
        return part(shorter(doubled, most), 0.5 + random.nextDouble() / 2);
    }

    /** What a Retry-After header asks for, in seconds or as a date (RFC 9110); empty if that is nothing. */
    static Optional<Duration> retryAfter(@Nullable String header, Instant now) {
        if (header == null) {
            return Optional.empty();
        }
        String value = header.strip();
        if (SECONDS.matcher(value).matches()) {
            return Optional.of(Duration.ofSeconds(Long.parseLong(value)));
        }
        try {
            Instant until = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return Optional.of(until.isAfter(now) ? Duration.between(now, until) : Duration.ZERO);
        } catch (DateTimeParseException neither) {
            return Optional.empty();
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static Duration part(Duration whole, double share) {
        return Duration.ofMillis(Math.round(whole.toMillis() * share));
    }
}
