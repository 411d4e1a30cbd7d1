package io.factotum.webhook;

import org.jspecify.annotations.Nullable;

/**
 * What an endpoint has answered, its texts masked.
 *
 * @param reason the status line's own words; may be empty
 * @param body as UTF-8; where {@code tooLarge}, the beginning that can be shown
 * @param tooLarge whether it has more bytes than are taken, and the rest was not read
 */
record Answer(
        int status,
        String reason,
        @Nullable String contentType,
        @Nullable String location,
        @Nullable String retryAfter,
        String body,
        boolean tooLarge) {

    boolean isSuccess() {
        return status >= 200 && status < 300;
    }

    /** Whether it says, or lets hope, that another try may do. */
    boolean asksToComeBack() {
        return status == 408 || status == 425 || status == 429 || status >= 500;
    }

    /** {@code 503 Service Unavailable}. */
    String statusLine() {
        return reason.isBlank() ? String.valueOf(status) : status + " " + reason.replaceAll("\\p{Cntrl}", "\uFFFD");
    }
}
