package io.factotum.host.storage;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which part of a list is wanted.
 *
 * @param filters what to filter by, under the names the API gives them; those the noun does not know are a programming
 *     error
 * @param limit how many items at most
 * @param cursor {@code next} of the page before; null for the first page
 */
public record PageRequest(
        Map<String, String> filters, int limit, @Nullable String cursor) {

    /** Copies the filters. */
    public PageRequest {
        filters = Map.copyOf(filters);
    }
}
